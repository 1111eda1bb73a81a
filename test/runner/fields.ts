import { UnknownToRunner } from "./errors.ts";
import type { Written } from "./workflow.ts";

/** The keys of a mapping, each taken once; `end` refuses those that nobody took. */
export interface Fields {
  readonly what: string;
  names(): readonly string[];
  /** Null where it is not there, or empty. */
  take(name: string): Written;
  end(): void;
}

/** The same for what is not there, which has no key. */
export function fieldsOf(what: string, written: Written): Fields {
  if (written !== null && (typeof written !== "object" || Array.isArray(written)))
    throw new UnknownToRunner(`${what} is no mapping: ${JSON.stringify(written)}`);
  const left = new Map(Object.entries((written ?? {}) as Readonly<Record<string, Written>>));
  return {
    what,
    names: () => [...left.keys()],
    take(name) {
      const value = left.get(name) ?? null;
      left.delete(name);
      return value;
    },
    end() {
      if (left.size > 0) throw new UnknownToRunner(`${what}: this runner does not know ${[...left.keys()].join(", ")}`);
    },
  };
}

export function textOrNull(fields: Fields, name: string): string | null {
  const value = fields.take(name);
  if (value === null) return null;
  if (typeof value === "object") throw new UnknownToRunner(`${fields.what}: ${name} is no text`);
  return String(value);
}

/** Texts of a list, or the one that stands for it. */
export function listOf(what: string, written: Written): readonly string[] {
  if (typeof written === "string") return [written];
  if (!Array.isArray(written)) throw new UnknownToRunner(`${what} is no list`);
  return (written as readonly Written[]).map((one) => {
    if (typeof one === "object") throw new UnknownToRunner(`${what} holds what is no text`);
    return String(one);
  });
}
