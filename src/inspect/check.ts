import type { Found } from "../flow/check.ts";
import type { Flow, Stack } from "../flow/flow.ts";
import type { Place } from "../flow/place.ts";
import type { Modules } from "./modules.ts";
import type { RepositoryBranches } from "./repository.ts";
import type { Survey } from "./survey-facts.ts";

/** What every check of files looks at. */
export interface Inspected {
  readonly survey: Survey;
  readonly modules: Modules;
}

/** What a check of stacks looks at besides. */
export interface InspectedStacks extends Inspected {
  readonly flow: Flow;
  readonly stacks: readonly Stack[];
  /** The flow file, as messages name it. */
  readonly flowFile: string;
  /** Where the entry stands in the flow file that gives the stack. */
  readonly place: (stack: Stack) => Place;
  /** Those of the files that stacks need that are on disk and that Git is told to leave alone. */
  readonly ignored: ReadonlySet<string>;
  readonly branches: RepositoryBranches;
}

/** One thing that files can show, whether the flow could be read or not. */
export interface FileCheck {
  readonly name: string;
  readonly find: (about: Inspected) => Found;
}

/** One thing that files can show of the flow's stacks. Not run while the flow has errors. */
export interface StackCheck {
  readonly name: string;
  readonly find: (about: InspectedStacks) => Found;
}
