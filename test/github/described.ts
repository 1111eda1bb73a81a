import { readFileSync } from "node:fs";
import type { ValidateFunction } from "ajv";
import { Ajv2019 } from "ajv/dist/2019.js";
import formats from "ajv-formats";
import type { Exchange } from "../../src/worlds/github/index.ts";
import { checkQuestion } from "./described-graphql.ts";

/**
 * Holds exchanges to GitHub's own description of its API: a query that it does not take, a body of the wrong form, an
 * answer that lacks something, has something that GitHub does not have, or comes with a status that it does not give.
 */

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Node = { [key: string]: Json };

interface Extract {
  readonly version: string;
  readonly endpoints: Readonly<
    Record<
      string,
      { readonly query: readonly string[]; readonly body: Json; readonly answers: Readonly<Record<string, Json>> }
    >
  >;
  readonly schemas: Node;
}

const extract = JSON.parse(readFileSync(new URL("openapi-extract.json", import.meta.url), "utf8")) as Extract;

/** What GitHub answers or takes and its description leaves out. */
const undescribed: ReadonlySet<string> = new Set(["can_admins_bypass", "actions_variables"]);

/** Where the description asks for what no answer has: an account that is a user's and an enterprise's at once. */
const misdescribed: ReadonlySet<string> = new Set(["GET /app/installations"]);

/** Statuses that any endpoint may answer with, described or not: who asks, what may be asked, and how often. */
const everywhere: ReadonlySet<number> = new Set([304, 400, 401, 403, 404, 409, 422]);

const parts: ReadonlySet<string> = new Set(partsIn([extract.schemas, extract.endpoints as unknown as Node]));

/** The names of schemas that stand below an `allOf`. */
function partsIn(value: Json, below = false): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => partsIn(item, below));
  if (typeof value !== "object" || value === null) return [];
  if (below && typeof value.$ref === "string") return [value.$ref.split("/").at(-1) ?? ""];
  return Object.entries(value).flatMap(([key, part]) => partsIn(part, key === "allOf"));
}

const ajv = new Ajv2019({
  strict: false,
  allErrors: false,
  formats: { "repo.nwo": true, "repo.name": true, "repo.nwo-or-name": true },
});
formats.default(ajv);
ajv.addSchema({
  $id: "github.json",
  schemas: closeEach(extract.schemas),
  answers: Object.fromEntries(
    Object.entries(extract.endpoints).map(([name, { answers }]) => [name, close(answers as Node)]),
  ),
  bodies: Object.fromEntries(
    Object.entries(extract.endpoints).map(([name, { body }]) => [name, alsoUndescribed(body)]),
  ),
});

/** An object has what is described and nothing else; one that is put together of parts has what all of these say. */
function close(value: Json, isPart = false): Json {
  if (Array.isArray(value)) return value.map((item) => close(item, isPart));
  if (typeof value !== "object" || value === null) return value;
  const out: Node = {};
  for (const [key, part] of Object.entries(value)) {
    if (key === "properties") out[key] = closeEach(part as Node);
    else if (key === "enum" || key === "required") out[key] = part;
    else out[key] = close(part, key === "allOf");
  }
  // Where nothing was said GitHub answers with an empty text, whatever form the text would have.
  if (out.default === "") delete out.format;
  if (out.additionalProperties === undefined && !isPart) {
    if (out.allOf !== undefined) out.unevaluatedProperties = false;
    else if (out.properties !== undefined) {
      out.additionalProperties = false;
      return alsoUndescribed(out);
    }
  }
  return out;
}

/** A schema that says which properties there are, with those that it leaves out. */
function alsoUndescribed(schema: Json): Json {
  if (typeof schema !== "object" || schema === null || Array.isArray(schema) || schema.properties === undefined)
    return schema;
  const more = Object.fromEntries([...undescribed].map((name) => [name, true]));
  return { ...schema, properties: { ...(schema.properties as Node), ...more } };
}

/** Schemas by their names; what another one is put together of stays open. */
function closeEach(named: Node): Node {
  return Object.fromEntries(Object.entries(named).map(([name, schema]) => [name, close(schema, parts.has(name))]));
}

const compiled = new Map<string, ValidateFunction>();

function validatorAt(...steps: readonly string[]): ValidateFunction {
  const pointer = steps.map((step) => encodeURIComponent(step.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/");
  const known = compiled.get(pointer) ?? ajv.compile({ $ref: `github.json#/${pointer}` });
  compiled.set(pointer, known);
  return known;
}

export function checkExchange(exchange: Exchange): readonly string[] {
  const { route, query, request, status, answer, method, path } = exchange;
  if (route === null) return method === "POST" && path === "/graphql" && status === 200 ? checkQuestion(exchange) : [];
  const endpoint = extract.endpoints[route];
  if (endpoint === undefined) return ["the description has no such endpoint; write the extract anew"];
  const problems: string[] = [];
  for (const name of Object.keys(query)) {
    if (!endpoint.query.includes(name)) problems.push(`it takes no "${name}" in its query`);
  }
  if (status < 300 && method !== "GET" && endpoint.body !== null && !("bytes" in request))
    problems.push(...problemsOf(validatorAt("bodies", route), request, "the request"));
  const schema = endpoint.answers[String(status)];
  if (schema === undefined && !everywhere.has(status)) problems.push(`it never answers with ${status}`);
  if (schema !== undefined && schema !== null && !misdescribed.has(route) && answer !== undefined && status < 300)
    problems.push(...problemsOf(validatorAt("answers", route, String(status)), answer, "the answer"));
  return problems;
}

function problemsOf(validate: ValidateFunction, value: unknown, what: string): readonly string[] {
  if (validate(value)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${what}${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}
