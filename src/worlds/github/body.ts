import { invalid, Refusal } from "./answer.ts";

/** A request's JSON object, read strictly: what has another form than GitHub wants is refused as GitHub does. */
export type Body = Readonly<Record<string, unknown>>;

export function parseBody(raw: Buffer): Body {
  if (raw.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(raw.toString());
  } catch (error) {
    throw new Refusal(400, `Problems parsing JSON: ${error instanceof Error ? error.message : "unreadable"}`);
  }
  if (typeof value !== "object" || value === null) throw new Refusal(400, "Body should be a JSON object");
  return value as Body;
}

export function text(body: Body, field: string): string {
  const value = body[field];
  if (typeof value !== "string") throw invalid("Request", field, value === undefined ? "missing_field" : "invalid");
  return value;
}

export function optionalText(body: Body, field: string): string | undefined {
  return body[field] === undefined || body[field] === null ? undefined : text(body, field);
}

export function optionalFlag(body: Body, field: string): boolean | undefined {
  const value = body[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "boolean") throw invalid("Request", field);
  return value;
}

export function optionalNumber(body: Body, field: string): number | undefined {
  const value = body[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number" || !Number.isInteger(value)) throw invalid("Request", field);
  return value;
}

export function texts(body: Body, field: string): readonly string[] | undefined {
  const value = body[field];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || !value.every((item) => typeof item === "string")) throw invalid("Request", field);
  return value;
}

export function object(body: Body, field: string): Body | undefined {
  const value = body[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "object" || Array.isArray(value)) throw invalid("Request", field);
  return value as Body;
}

export function objects(body: Body, field: string): readonly Body[] | undefined {
  const value = body[field];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || !value.every((item) => typeof item === "object" && item !== null))
    throw invalid("Request", field);
  return value as Body[];
}
