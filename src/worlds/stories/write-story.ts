import { stringify } from "yaml";
import type * as z from "zod";
import { durationText, type Instant, instantText, type Login } from "../../domain/names.ts";
import type { Owners } from "../scene.ts";
import type { Expectation, WorldStep } from "../step.ts";
import { stepSchemas, storySchema } from "./step-schema.ts";

/** A story that is to be written: what `parseStory` reads, without the places that a text gives it. */
export interface StoryToWrite {
  readonly story: string;
  readonly flow: { readonly kind: "preset" | "file"; readonly name: string };
  readonly people: ReadonlyMap<Login, readonly string[]>;
  /** When it begins; as any story does without it. */
  readonly at?: Instant;
  /** Who owns which paths of its first commit; nobody owns anything without it. */
  readonly owners?: Owners;
  readonly steps: readonly (WorldStep | Expectation)[];
  /** What people should know before they read it, a line each. */
  readonly notes?: readonly string[];
}

/** A story as people write it: a line for each step, and nothing said that would be so anyway. */
export function writeStory({ story, flow, people, at, owners = {}, steps, notes = [] }: StoryToWrite): string {
  const top = {
    story,
    [flow.kind === "preset" ? "preset" : "flow"]: flow.name,
    people: Object.fromEntries([...people].map(([login, teams]) => [login, [...teams]])),
    ...(at === undefined || isDefault(storySchema.shape.at, at) ? {} : { at: instantText(at) }),
    ...(Object.keys(owners).length === 0 ? {} : { owners }),
  };
  const lines = steps.map((step) => `  - ${line({ [step.kind]: stepFields(step) })}`);
  return [...notes.map((note) => `# ${note.replaceAll(/\s+/g, " ")}`), ...topLines(top), "steps:", ...lines, ""].join(
    "\n",
  );
}

function topLines(top: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(top).map(([key, value]) => line({ [key]: value }));
}

/** One key on a line of its own, with everything below it in braces. */
function line(entry: Readonly<Record<string, unknown>>): string {
  const [[key, value] = ["", null]] = Object.entries(entry);
  const text = stringify(value, {
    collectionStyle: "flow",
    lineWidth: 0,
    doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
    flowCollectionPadding: true,
  }).trimEnd();
  return `${key}: ${text}`;
}

/** The fields that differ from what the reader fills in. */
function stepFields(step: WorldStep | Expectation): unknown {
  if (step.kind === "schedule") return step.cron;
  if (step.kind === "wait") return durationText(step.duration);
  const schema: z.ZodType = stepSchemas[step.kind];
  const shape = (schema as unknown as { readonly shape: Readonly<Record<string, z.ZodType>> }).shape;
  const fields = Object.entries(step).filter(
    ([field, value]) => field !== "kind" && field !== "at" && !isDefault(shape[field], value),
  );
  return Object.fromEntries(fields.map(([field, value]) => [field, field === "changes" ? changes(value) : value]));
}

function isDefault(schema: z.ZodType | undefined, value: unknown): boolean {
  if (value === undefined) return true;
  const filled = schema?.safeParse(undefined);
  return filled?.success === true && JSON.stringify(filled.data ?? null) === JSON.stringify(value ?? null);
}

/** A list of paths, or paths with their texts when one of them has any. */
function changes(value: unknown): unknown {
  const list = value as readonly { readonly path: string; readonly text: string | null }[];
  return list.every(({ text }) => text === null)
    ? list.map(({ path }) => path)
    : Object.fromEntries(list.map(({ path, text }) => [path, text ?? ""]));
}
