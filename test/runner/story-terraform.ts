/**
 * Terraform in the jobs of a story: the real one, which tells the story's world before it plans or applies, and afterwards.
 * `node story-terraform.ts ABOUT JOB MACHINE plan …`, where a machine may be lost before an answer comes.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { StoryProcessAbout } from "./story-process.ts";

/** What the world is told. */
export interface TerraformTold {
  /** The command of plangate that runs it: `plan` or `apply`. */
  readonly job: string;
  /** Where it runs, as runners know their machines. */
  readonly machine: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The file of its state. */
  readonly state: string;
}

const [, , file = "", job = "", machine = "", ...args] = process.argv;
const about = JSON.parse(readFileSync(file, "utf8")) as StoryProcessAbout;
const cwd = process.cwd();
const { backend } = JSON.parse(readFileSync(join(cwd, ".terraform", "terraform.tfstate"), "utf8")) as {
  readonly backend: { readonly config: { readonly path: string } };
};

async function tell(when: "before" | "after"): Promise<boolean> {
  const told: TerraformTold = { job, machine, args, cwd, state: backend.config.path };
  const answer = await fetch(`${about.faults}/${when}`, { method: "POST", body: JSON.stringify(told) });
  return answer.ok;
}

if (await tell("before")) {
  const { status } = spawnSync(about.terraform, args, { stdio: "inherit" });
  process.exitCode = (await tell("after")) ? (status ?? 1) : 1;
} else process.exitCode = 1;
