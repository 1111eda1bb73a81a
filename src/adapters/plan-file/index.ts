/**
 * Reads a plan file without running anything: the configuration that an apply will use, the backend it will write
 * to, the state it was made from. Whoever made the file is not trusted; what has more than one reading is refused.
 */
import type { PlanFileContents } from "../../delivery/ports.ts";
import type { StateVersion } from "../../domain/plan.ts";
import { readBackend, readMode } from "./backend.ts";
import { readSnapshot } from "./snapshot.ts";
import { readStrictZip } from "./strict-zip.ts";
import { unreadable } from "./unreadable.ts";

const limits = { entries: 20_000, total: 1024 * 1024 * 1024 };
const lockFile = ".terraform.lock.hcl";
const manifest = "tfconfig/modules.json";
const required: readonly string[] = ["tfplan", "tfstate", manifest];
const known: readonly string[] = [...required, "tfstate-prev", lockFile];

/** Throws `plan-file-unreadable` with the reason. Plan files of OpenTofu are the same unless they are encrypted. */
export async function readPlanFile(bytes: Uint8Array): Promise<PlanFileContents> {
  const entries = await readStrictZip(bytes, limits);
  const odd = [...entries.keys()].find((name) => !known.includes(name) && !name.startsWith("tfconfig/m-"));
  if (odd !== undefined) throw unreadable(`it has an unknown entry ${JSON.stringify(odd)}`);
  const part = (name: string): Uint8Array => {
    const content = entries.get(name);
    if (content === undefined) throw unreadable(`it has no entry ${name}`);
    return content;
  };
  for (const name of required) part(name);
  return {
    modules: readSnapshot(entries, json(part(manifest), manifest)),
    lockFile: entries.get(lockFile) ?? null,
    backend: readBackend(part("tfplan")),
    mode: readMode(part("tfplan")),
    state: stateIn(json(part("tfstate"), "tfstate")),
  };
}

function json(content: Uint8Array, name: string): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(content));
  } catch (cause) {
    throw unreadable(`its entry ${name} is not JSON`, cause);
  }
}

/** Refuses spellings that a reader which ignores case would take for the same name. */
function stateIn(state: unknown): StateVersion {
  if (typeof state !== "object" || state === null) throw unreadable("its state is no state");
  const { lineage, serial } = state as { lineage?: unknown; serial?: unknown };
  const alike = Object.keys(state).filter((name) => /^(lineage|serial)$/iu.test(name));
  if (
    alike.length !== 2 ||
    typeof lineage !== "string" ||
    typeof serial !== "number" ||
    !Number.isSafeInteger(serial)
  ) {
    throw unreadable("its state has no lineage or no serial");
  }
  return { lineage: lineage === "" ? null : lineage, serial };
}
