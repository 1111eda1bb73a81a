import * as z from "zod";

/**
 * How facts are written in a file, so that nothing is ever taken as good because nobody said it: what is left out or
 * `null` is unknown, and `"none"` is known to be nothing. A record of which a part is unknown is unknown as a whole, and
 * so is a list.
 */
export interface Fact<T> {
  /** What a file may hold; its output is read with `settle`. */
  readonly schema: z.ZodType;
  /** The same with nothing known of it, to be filled in. */
  readonly template: unknown;
  /** Only there for its type. */
  readonly is?: T;
}

/** Of which something is not known: where, from it on. */
class Unknown {
  readonly missing: readonly string[];

  constructor(missing: readonly string[]) {
    this.missing = missing;
  }
}

const nothing = Symbol("known to be nothing");

/** A value as it was read: as it is, null for nothing, or what of it is unknown. */
export function settle<T>(read: unknown): { readonly value: T } | { readonly missing: readonly string[] } {
  if (read === undefined || read === null) return { missing: [""] };
  if (read instanceof Unknown) return { missing: read.missing };
  return { value: (read === nothing ? null : read) as T };
}

/** A single value. */
export function value<T>(schema: z.ZodType<T>): Fact<T> {
  return { schema, template: null };
}

/** May also be known to be nothing. */
export function orNone<T>({ schema, template }: Fact<T>): Fact<T | null> {
  const none = z.literal("none").transform(() => nothing);
  return { schema: z.union([none, schema]), template };
}

export function list<T>({ schema }: Fact<T>): Fact<readonly T[]> {
  const whole = z.array(schema.nullable()).transform((read) => {
    const settled = read.map((element) => settle<T>(element));
    const missing = settled.flatMap((element, index) =>
      "missing" in element ? element.missing.map((path) => join(`[${index}]`, path)) : [],
    );
    return missing.length > 0 ? new Unknown(missing) : settled.map((element) => "value" in element && element.value);
  });
  return { schema: whole, template: null };
}

/** Values by names that people chose. */
export function map<T>({ schema }: Fact<T>, name: z.ZodType<string, string>): Fact<Readonly<Record<string, T>>> {
  const whole = z.record(name, schema.nullable()).transform((read) => {
    const settled = Object.entries(read).map(([key, element]) => [key, settle<T>(element)] as const);
    const missing = settled.flatMap(([key, element]) =>
      "missing" in element ? element.missing.map((path) => join(key, path)) : [],
    );
    if (missing.length > 0) return new Unknown(missing);
    return Object.fromEntries(settled.map(([key, element]) => [key, "value" in element && element.value]));
  });
  return { schema: whole, template: null };
}

/** A fact for each member of a type but those that have a value of their own, since no decision reads them. */
export type Shape<T, Given> = { readonly [Key in Exclude<keyof T, keyof Given>]-?: Fact<Required<T>[Key]> };

/** All of it, or it is unknown. */
export function record<T, Given extends Partial<T> = object>(shape: Shape<T, Given>, given?: Given): Fact<T> {
  return { schema: objectOf(shape).transform((read) => whole(read, shape, given)), template: templateOf(shape) };
}

/** Variants told apart by `kind`. */
export function kinds<T extends { readonly kind: string }>(
  shapes: {
    readonly [Kind in T["kind"]]: Shape<Extract<T, { kind: Kind }>, { kind: Kind }>;
  },
): Fact<T> {
  const variants = Object.entries(shapes).map(([kind, shape]) =>
    objectOf(shape as Readonly<Record<string, Fact<unknown>>>)
      .extend({ kind: z.literal(kind) })
      .transform((read) => whole(read, shape as Readonly<Record<string, Fact<unknown>>>, { kind })),
  );
  const [first, ...more] = variants;
  if (first === undefined) return { schema: z.never(), template: null };
  const ofNoKind = z.looseObject({ kind: z.null() }).transform(() => new Unknown(["kind"]));
  return { schema: z.union([ofNoKind, z.discriminatedUnion("kind", [first, ...more] as never)]), template: null };
}

/** Each member for itself: what is not known is left out. Gives the members that are, and where others are missing. */
export function readMembers(
  shape: Readonly<Record<string, Fact<unknown>>>,
  read: Readonly<Record<string, unknown>>,
): {
  readonly known: Readonly<Record<string, unknown>>;
  readonly missing: Readonly<Record<string, readonly string[]>>;
} {
  const known: Record<string, unknown> = {};
  const missing: Record<string, readonly string[]> = {};
  for (const key of Object.keys(shape)) {
    const settled = settle<unknown>(read[key]);
    if ("value" in settled) known[key] = settled.value;
    else missing[key] = settled.missing.map((path) => join(key, path));
  }
  return { known, missing };
}

export function objectOf(shape: Readonly<Record<string, Fact<unknown>>>) {
  return z.strictObject(Object.fromEntries(Object.entries(shape).map(([key, { schema }]) => [key, schema.nullish()])));
}

export function templateOf(shape: Readonly<Record<string, Fact<unknown>>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(shape).map(([key, { template }]) => [key, template]));
}

function whole(
  read: Readonly<Record<string, unknown>>,
  shape: Readonly<Record<string, Fact<unknown>>>,
  given: object | undefined,
): unknown {
  const { known, missing } = readMembers(shape, read);
  const paths = Object.values(missing).flat();
  if (paths.length === 0) return { ...given, ...known };
  return new Unknown(Object.keys(known).length === 0 ? [""] : paths);
}

function join(left: string, right: string): string {
  return right === "" ? left : right.startsWith("[") ? `${left}${right}` : `${left}.${right}`;
}
