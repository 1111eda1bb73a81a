import * as z from "zod";
import { flowJsonSchema } from "../../src/flow/json-schema.ts";
import { duration, login, name, path } from "../../src/flow/schema-words.ts";

/** As much of a JSON Schema as the flow file's has. */
export interface KeySchema {
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, KeySchema>>;
  readonly additionalProperties?: boolean | KeySchema;
  readonly required?: readonly string[];
  readonly items?: KeySchema;
  readonly anyOf?: readonly KeySchema[];
  readonly oneOf?: readonly KeySchema[];
}

/** One key as the reference tells it. */
export interface Key {
  /** `reviews.count`: the way from the section's entry. */
  readonly key: string;
  readonly values: string;
  /** `required`, what holds without it, or nothing. */
  readonly otherwise: string;
  readonly means: string;
}

/** The published schema, read back: the reference tells what editors are told. */
export const flowKeys = JSON.parse(flowJsonSchema()) as KeySchema;

/** The parts of an entry that may be written in several shapes; one for all others. */
export function shapesOf(schema: KeySchema): readonly KeySchema[] {
  const shapes = schema.anyOf ?? schema.oneOf;
  return shapes === undefined ? [schema] : shapes.flatMap(shapesOf);
}

/** What stands for one entry: of a list its items, of names what each stands for. */
export function entryOf(schema: KeySchema): KeySchema {
  if (schema.items !== undefined) return schema.items;
  return typeof schema.additionalProperties === "object" ? schema.additionalProperties : schema;
}

/** Every key of an object, those inside it right behind it. */
export function keysOf(schema: KeySchema, before = ""): readonly Key[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const key = `${before}${name}`;
    const isRequired = schema.required?.includes(name) === true;
    const inside = shapesOf(property).flatMap((shape) => keysOf(shape.items ?? shape, `${key}.`));
    return [{ key, values: valuesOf(property), ...toldOf(property, isRequired) }, ...inside];
  });
}

/** Descriptions hold the default as a sentence of their own; here it has a column. */
function toldOf({ description = "" }: KeySchema, isRequired: boolean): Pick<Key, "otherwise" | "means"> {
  const sentence = /\s*Default: (.+?)\.(?=\s|$)/.exec(description);
  const means = sentence === null ? description : description.replace(sentence[0], "").trim();
  return { means, otherwise: isRequired ? "required" : (sentence?.[1] ?? "") };
}

/** The kinds of text that have a pattern of their own, by it. */
const texts = new Map(
  (
    [
      [name, "name"],
      [login, "login"],
      [path, "path"],
      [duration, "duration"],
    ] as const
  ).map(([schema, word]) => [(z.toJSONSchema(schema) as KeySchema).pattern, word]),
);

const plainWords: Readonly<Record<string, string>> = { string: "text", number: "number", boolean: "true or false" };

/** What may be written, in a few words: `name`, `list of names`, `squash or rebase`. */
export function valuesOf(schema: KeySchema): string {
  const shapes = shapesOf(schema);
  if (shapes.length > 1) return shapes.map(valuesOf).join(", or ");
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum !== undefined) return inWords(schema.enum.map(code));
  if (schema.type === "boolean") return "true or false";
  if (schema.type === "integer") return numbersOf(schema);
  if (schema.items !== undefined) return `list of ${pluralOf(schema.items)}`;
  if (typeof schema.additionalProperties === "object")
    return `names, each with ${valuesOf(schema.additionalProperties)}`;
  if (schema.type === "object") return "keys, below";
  if (Array.isArray(schema.type)) return schema.type.map((type) => plainWords[type] ?? type).join(", ");
  return texts.get(schema.pattern) ?? "text";
}

function pluralOf(items: KeySchema): string {
  const values = valuesOf(items);
  if (items.enum !== undefined || items.const !== undefined) return values;
  if (items.properties !== undefined) return "entries, below";
  if (shapesOf(items).length > 1) return "lines, or lists of words";
  return `${values}s`;
}

function numbersOf({ minimum, maximum }: KeySchema): string {
  const isOpen = maximum === undefined || maximum === Number.MAX_SAFE_INTEGER;
  return isOpen ? `number from ${minimum ?? 0}` : `number, ${minimum ?? 0} to ${maximum}`;
}

function inWords(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

function code(value: unknown): string {
  return `\`${String(value)}\``;
}
