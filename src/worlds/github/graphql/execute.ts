import type { Field, Operation, Selection, Value } from "./parse.ts";

/** Something that can be asked about: its type, and its fields, which may take arguments and may have to be worked out. */
export interface Thing {
  readonly __typename: string;
  readonly [field: string]: unknown;
}

export type Arguments = Readonly<Record<string, unknown>>;

/** Why one part of a question is not answered; the part is null, and the rest stands. */
export class PartRefused extends Error {
  override readonly name = "PartRefused";
  readonly type: "NOT_FOUND" | "FORBIDDEN" | "UNPROCESSABLE";

  constructor(type: PartRefused["type"], message: string) {
    super(message);
    this.type = type;
  }
}

export interface Answered {
  readonly data: unknown;
  readonly errors: readonly PartError[];
  /** Fields that are asked for and not known here. */
  readonly unknown: readonly string[];
}

export interface PartError {
  readonly type?: string;
  readonly path: readonly (string | number)[];
  readonly locations: readonly { readonly line: number; readonly column: number }[];
  readonly message: string;
}

type Path = readonly (string | number)[];

/** Interfaces that everything of ours may be asked as. */
const interfaces: Readonly<Record<string, readonly string[]>> = {
  Actor: ["User", "Bot", "Organization"],
  Node: ["PullRequest", "IssueComment", "CommitComment", "Issue", "Commit", "PullRequestReview"],
  GitObject: ["Commit", "Tag", "Tree", "Blob"],
};

export async function execute(root: Thing, operation: Operation, variables: Arguments): Promise<Answered> {
  const errors: PartError[] = [];
  const unknown: string[] = [];
  const given = (value: Value): unknown => {
    switch (value.kind) {
      case "variable":
        return variables[value.name];
      case "list":
        return value.items.map(given);
      case "object":
        return Object.fromEntries(Object.entries(value.fields).map(([name, part]) => [name, given(part)]));
      case "literal":
        return value.value;
    }
  };

  const whole = async (value: unknown, field: Field, path: Path): Promise<unknown> => {
    if (value === null || value === undefined) return null;
    if (Array.isArray(value)) {
      const items: readonly unknown[] = value;
      return Promise.all(items.map((item, index) => whole(item, field, [...path, index])));
    }
    if (field.selection === null) return value;
    return parts(value as Thing, field.selection, path);
  };

  const one = async (thing: Thing, field: Field, path: Path): Promise<unknown> => {
    if (!Object.hasOwn(thing, field.name)) {
      unknown.push(`${thing.__typename}.${field.name}`);
      return null;
    }
    const known = thing[field.name];
    const taken = Object.fromEntries(Object.entries(field.arguments).map(([name, value]) => [name, given(value)]));
    try {
      const value: unknown =
        typeof known === "function" ? await (known as (given: Arguments) => unknown)(taken) : known;
      return await whole(value, field, path);
    } catch (error) {
      if (!(error instanceof PartRefused)) throw error;
      const { type, message } = error;
      errors.push({ type, path, locations: [{ line: 1, column: 1 }], message });
      return null;
    }
  };

  const parts = async (thing: Thing, selection: Selection, path: Path): Promise<Readonly<Record<string, unknown>>> => {
    const out: Record<string, unknown> = {};
    for (const part of selection) {
      if (part.kind === "field") out[part.alias] = await one(thing, part, [...path, part.alias]);
      else if (part.type === thing.__typename || interfaces[part.type]?.includes(thing.__typename) === true)
        Object.assign(out, await parts(thing, part.selection, path));
    }
    return out;
  };

  return { data: await parts(root, operation.selection, []), errors, unknown };
}

/** A list with its pages, by what GitHub calls a connection. */
export function connection(name: string, all: readonly unknown[], given: Arguments): Thing {
  const number = (field: string) => (typeof given[field] === "number" ? given[field] : undefined);
  const [first, last] = [number("first"), number("last")];
  if (first === undefined && last === undefined)
    throw new PartRefused(
      "UNPROCESSABLE",
      `You must provide a \`first\` or \`last\` value to properly paginate the \`${name}\` connection.`,
    );
  if ((first ?? last ?? 0) > 100)
    throw new PartRefused(
      "UNPROCESSABLE",
      `Requesting ${first ?? last} records on the \`${name}\` connection exceeds the \`first\` limit of 100 records.`,
    );
  const start = typeof given.after === "string" ? Number(Buffer.from(given.after, "base64url").toString()) : 0;
  const rest = all.slice(start);
  const nodes = first === undefined ? rest.slice(-(last ?? 0)) : rest.slice(0, first);
  const end = first === undefined ? all.length : start + nodes.length;
  return {
    __typename: `${name}Connection`,
    nodes,
    totalCount: all.length,
    pageInfo: {
      __typename: "PageInfo",
      hasNextPage: end < all.length,
      hasPreviousPage: start > 0,
      endCursor: nodes.length === 0 ? null : Buffer.from(String(end)).toString("base64url"),
    },
  };
}
