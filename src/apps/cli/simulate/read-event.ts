import { readGitHubEvent, type Surroundings } from "../../../adapters/github-events/index.ts";
import { type Diagnostic, nearestName } from "../../../domain/diagnostic.ts";
import type { Event } from "../../../domain/event.ts";
import type { JsonObject } from "../../../domain/json-value.ts";
import { eventFile, eventKinds } from "./event-schema.ts";
import { problemsOf } from "./issues.ts";

/** What a file turned out to tell. */
export type ReadEvent =
  | { readonly events: readonly Event[]; readonly notes: readonly string[]; readonly name: string | null }
  | { readonly problems: readonly Diagnostic[] };

/** Reads an event in plangate's own words, which has a `kind`, or the body of a webhook. */
export async function readEvent(
  body: JsonObject,
  about: { readonly file: string; readonly name: string | null; readonly surroundings: Surroundings },
): Promise<ReadEvent> {
  const { file, name } = about;
  if (name !== null || !Object.hasOwn(body, "kind")) {
    const told = await readGitHubEvent(body, name, about.surroundings);
    return "problems" in told ? { problems: told.problems.map((problem) => ({ ...problem, file })) } : told;
  }
  const kind = body.kind;
  if (typeof kind !== "string" || !Object.hasOwn(eventKinds, kind)) {
    const nearest =
      typeof kind === "string" && kind.length < 100 ? nearestName(kind, Object.keys(eventKinds)) : undefined;
    const hint =
      nearest === undefined ? `It is one of ${Object.keys(eventKinds).join(", ")}.` : `Did you mean "${nearest}"?`;
    const written = typeof kind === "string" ? `"${kind.slice(0, 100)}"` : "what stands there";
    return {
      problems: [{ severity: "error", code: "event-unknown", summary: `${written} is no kind of event.`, hint, file }],
    };
  }
  const parsed = eventFile.safeParse(body);
  if (!parsed.success) return { problems: problemsOf(parsed.error, { file, what: "event" }) };
  return { events: [parsed.data], notes: [], name: null };
}
