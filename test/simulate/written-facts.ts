import { notRead } from "../../src/apps/cli/simulate/facts-schema.ts";
import type { Facts } from "../../src/domain/facts.ts";
import { instantText } from "../../src/domain/names.ts";

const instants: ReadonlySet<string> = new Set([
  "now",
  "at",
  "headSince",
  "openedAt",
  "createdAt",
  "updatedAt",
  "since",
  "until",
  "standing",
]);

/** What no file of facts holds: no decision reads it. */
const left: ReadonlySet<string> = new Set(["revision", "holder", "breakGlass"]);

/** Facts as a file holds them: what `readFacts` reads as the same facts. */
export function writtenFacts(facts: Facts): Readonly<Record<string, unknown>> {
  return { ...(written(facts, "") as object), otherStacks: "none" };
}

function written(value: unknown, name: string): unknown {
  if (value === null) return "none";
  if (typeof value === "number" && instants.has(name)) return instantText(value);
  if (Array.isArray(value)) return value.map((element) => written(element, ""));
  if (typeof value !== "object") return value;
  const skipped = (key: string) => left.has(key) || (name === "manifest" && Object.hasOwn(notRead, key));
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) =>
      member === undefined || skipped(key) ? [] : [[key, written(member, key)]],
    ),
  );
}
