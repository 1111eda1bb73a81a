/**
 * Cuts the form of webhook bodies out of real ones:
 *
 *     node scripts/extract-webhooks.ts PATH/TO/@octokit/webhooks-examples
 *
 * writes test/github/webhooks-extract.json: for each event and action, which fields real bodies have, which of them
 * each has, and of which types they are.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./parts.ts";

/** Of one value over all examples. */
interface Form {
  types: string[];
  /** Fields of objects; `always`: every example had it. */
  fields?: Record<string, { always: boolean; form: Form }>;
  items?: Form;
}

interface Example {
  readonly name: string;
  readonly examples: readonly Readonly<Record<string, unknown>>[];
}

const told = new Set([
  "create",
  "delete",
  "commit_comment",
  "issue_comment",
  "issues",
  "pull_request",
  "pull_request_review",
  "push",
  "release",
  "repository_dispatch",
  "status",
  "workflow_dispatch",
]);

const folder = process.argv[2];
if (folder === undefined) {
  console.error("usage: node scripts/extract-webhooks.ts PATH/TO/@octokit/webhooks-examples");
  process.exit(2);
}
const read = (path: string) => JSON.parse(readFileSync(join(folder, path), "utf8")) as unknown;
const { version } = read("package.json") as { readonly version: string };
const all = read("api.github.com/index.json") as readonly Example[];

function formOf(values: readonly unknown[]): Form {
  const form: Form = { types: [...new Set(values.map(typeOf))].toSorted() };
  const objects = values.filter((value) => typeOf(value) === "object") as Record<string, unknown>[];
  if (objects.length > 0) {
    const names = [...new Set(objects.flatMap((object) => Object.keys(object)))];
    form.fields = Object.fromEntries(
      names.map((name) => {
        const having = objects.filter((object) => name in object);
        return [name, { always: having.length === objects.length, form: formOf(having.map((object) => object[name])) }];
      }),
    );
  }
  const items = values.flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : []));
  if (items.length > 0) form.items = formOf(items);
  return form;
}

function typeOf(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
}

const events = all.filter(({ name }) => told.has(name)).map(({ name, examples }) => [name, formOf(examples)] as const);
const out = {
  source: "@octokit/webhooks-examples api.github.com/index.json",
  version,
  events: Object.fromEntries(events),
};
writeFileSync(join(root, "test/github/webhooks-extract.json"), `${JSON.stringify(out)}\n`);
console.log(events.map(([name]) => name).join(", "));
