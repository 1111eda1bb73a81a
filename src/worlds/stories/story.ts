import type { Instant, Login } from "../../domain/names.ts";
import type { Path, Place } from "../../flow/place.ts";
import type { FirstCommit } from "../scene.ts";
import type { Step } from "../step.ts";

/** A story as it was read: whom it tells of, where it starts, and its steps in order. */
export interface Story extends FirstCommit {
  /** Its title, a sentence. */
  readonly story: string;
  readonly file: string;
  /** The flow that it tells about: a preset by its name, or a file, relative to the story's own. */
  readonly flow: { readonly kind: "preset" | "file"; readonly name: string; readonly at: Place };
  /** Everybody, with their teams of the flow. Who is in none may push branches, open and comment, and not merge or start anything. */
  readonly people: ReadonlyMap<Login, readonly string[]>;
  readonly at: Instant;
  readonly start: "applied" | "empty";
  readonly steps: readonly Step[];
  /** Where something of the story stands in its file. */
  readonly placeOf: (path: Path, part?: "key" | "value") => Place;
}
