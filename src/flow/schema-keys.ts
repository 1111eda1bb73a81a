import * as z from "zod";
import type { Path } from "./place.ts";
import { flowSchema } from "./schema.ts";

/** The keys that the schema knows for the object at a path, in the schema's order. */
export function knownKeys(path: Path, data: unknown): readonly string[] {
  let schema: unknown = flowSchema;
  let value = data;
  for (const step of path) {
    schema = inner(unwrap(schema, value), step);
    value = (value as Record<string | number, unknown> | null | undefined)?.[step];
  }
  const found = unwrap(schema, value);
  return found instanceof z.ZodObject ? Object.keys(found.shape) : [];
}

function inner(schema: unknown, step: string | number): unknown {
  if (schema instanceof z.ZodObject) return schema.shape[step];
  if (schema instanceof z.ZodRecord) return schema.valueType;
  return schema instanceof z.ZodArray ? schema.element : undefined;
}

/** What is inside an optional; of a union, the member that the value was meant to be. */
function unwrap(schema: unknown, value: unknown): unknown {
  if (schema instanceof z.ZodOptional) return unwrap(schema.unwrap(), value);
  if (!(schema instanceof z.ZodUnion)) return schema;
  const on = (value as { on?: unknown } | null | undefined)?.on;
  const members = schema.options.map((option) => unwrap(option, value));
  if (Array.isArray(value)) return members.find((member) => member instanceof z.ZodArray);
  return members.find(
    (member) => member instanceof z.ZodObject && (member.shape.on?.safeParse(on).success ?? true) === true,
  );
}
