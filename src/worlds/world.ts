import type { Instant, Login } from "../domain/names.ts";
import type { Flow, Stack } from "../flow/flow.ts";
import type { Happened } from "./happened.ts";
import type { Modules, Owners } from "./scene.ts";
import type { WorldStep } from "./step.ts";

/** What a world is made from: everything that a story says before its first step. */
export interface Scene {
  readonly flow: Flow;
  /** Everybody who takes part, with the teams of the flow that they are in. Nobody else is in a team. */
  readonly people: ReadonlyMap<Login, readonly string[]>;
  readonly at: Instant;
  /** `applied`: every stack was applied and verified at the first commit; `empty`: nothing was applied yet. */
  readonly start: "applied" | "empty";
  /**
   * The stacks of the first commit. Of an environment per pull request those that its instances are made from: nothing
   * stands in them, and a pull request that alters a root has its instance without any story naming it.
   */
  readonly stacks: readonly Stack[];
  /** The modules of the first commit. */
  readonly modules: Modules;
  /** CODEOWNERS of the first commit; `codeOwnersFile` writes it. */
  readonly owners: Owners;
}

/**
 * Somewhere a story can be played: the pure model, or real Git with real Terraform. The same story has the same outcome
 * in each.
 *
 * Before each step the clock moves by a second at least, so that nothing people do falls into the second in which a
 * plan was shown to them.
 */
export interface World {
  /**
   * Does a step, and lets plangate react until nothing more follows. What the forge would refuse changes nothing and
   * is noted as blocked.
   */
  perform(step: WorldStep): void | Promise<void>;
  /** What happened since this was last asked. */
  happened(): Happened;
}
