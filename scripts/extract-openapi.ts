/**
 * Cuts what our endpoints need out of GitHub's description of its API, which is too large to be installed everywhere:
 *
 *     node scripts/extract-openapi.ts PATH/TO/@octokit/openapi
 *
 * writes test/github/openapi-extract.json: for each endpoint the query it takes, the body it takes and the bodies it
 * answers with, as JSON Schema.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { routes } from "../src/worlds/github/index.ts";
import { root } from "./parts.ts";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Node = { [key: string]: Json };

const folder = process.argv[2];
if (folder === undefined) {
  console.error("usage: node scripts/extract-openapi.ts PATH/TO/@octokit/openapi");
  process.exit(2);
}
const read = (path: string) => JSON.parse(readFileSync(join(folder, path), "utf8")) as Node;
const { version } = read("package.json");
const described = read("generated/api.github.com.json");

/** What says nothing about the form of a value. */
const passedOver = new Set([
  "description",
  "example",
  "examples",
  "title",
  "externalDocs",
  "deprecated",
  "x-github",
  "x-multi-segment",
  "discriminator",
  "xml",
]);
const schemas: Node = {};

/** OpenAPI 3.0 has a word of its own for null, and refers to its own places. */
function convert(value: Json): Json {
  if (Array.isArray(value)) return value.map(convert);
  if (typeof value !== "object" || value === null) return value;
  if (typeof value.$ref === "string") {
    const name = value.$ref.split("/").at(-1) ?? "";
    keep(name);
    return { $ref: `#/schemas/${name}` };
  }
  const { nullable, ...rest } = value;
  const out: Node = {};
  for (const [key, part] of Object.entries(rest)) {
    if (key === "properties" || key === "patternProperties") {
      const named = Object.entries(part as Node).map(([name, schema]) => [name, convert(schema)]);
      out[key] = Object.fromEntries(named) as Node;
    } else if (key === "enum" || key === "required" || key === "const" || key === "default") out[key] = part;
    else if (!passedOver.has(key)) out[key] = convert(part);
  }
  if (nullable !== true) return out;
  if (Array.isArray(out.enum) && !out.enum.includes(null)) out.enum = [...out.enum, null];
  if (typeof out.type === "string") {
    out.type = [out.type, "null"];
    return out;
  }
  return { anyOf: [out, { type: "null" }] };
}

function keep(name: string): void {
  if (name in schemas) return;
  schemas[name] = true;
  const all = (described.components as Node).schemas as Node;
  schemas[name] = convert(all[name] ?? null);
}

function follow(node: Json | undefined): Node {
  const found = (node ?? {}) as Node;
  if (typeof found.$ref !== "string") return found;
  const steps = found.$ref.slice(2).split("/");
  return steps.reduce<Node>((at, step) => (at[step] ?? {}) as Node, described);
}

/** The schema of the JSON in a request or an answer; `null` when there is none. */
function jsonIn(node: Node): Json {
  const content = (node.content ?? {}) as Node;
  const media = Object.entries(content).find(([type]) => /json/.test(type))?.[1] as Node | undefined;
  return media?.schema === undefined ? null : convert(media.schema);
}

const endpoints: Node = {};
const missing: string[] = [];
for (const { method, path } of routes) {
  const item = (described.paths as Node)[path] as Node | undefined;
  const operation = item?.[method.toLowerCase()] as Node | undefined;
  if (operation === undefined) {
    missing.push(`${method} ${path}`);
    continue;
  }
  const parameters = [...((item?.parameters ?? []) as Json[]), ...((operation.parameters ?? []) as Json[])].map(follow);
  const answers = Object.entries(operation.responses as Node).map(([status, node]) => [status, jsonIn(follow(node))]);
  endpoints[`${method} ${path}`] = {
    query: parameters.filter((one) => one.in === "query").map((one) => String(one.name)),
    body: operation.requestBody === undefined ? null : jsonIn(follow(operation.requestBody)),
    answers: Object.fromEntries(answers) as Node,
  };
}
const out = { source: "@octokit/openapi generated/api.github.com.json", version: version ?? "", endpoints, schemas };
writeFileSync(join(root, "test/github/openapi-extract.json"), `${JSON.stringify(out)}\n`);
console.log(`${Object.keys(endpoints).length} endpoints, ${Object.keys(schemas).length} schemas`);
for (const one of missing) console.log(`not in the description: ${one}`);
