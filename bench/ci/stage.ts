import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { keyFiles, planKeys } from "../../src/adapters/keys/index.ts";
import { writeHandedPlan } from "../../src/adapters/sealed-plans/index.ts";
import { keysCommand } from "../../src/apps/ci/make-keys.ts";
import type { Matrix } from "../../src/apps/ci/matrix.ts";
import { presentEnvironment } from "../../src/compile/names.ts";
import { type PlanOrder, planOrderKey } from "../../src/delivery/plan-order.ts";
import { publicKeysFile } from "../../src/domain/public-keys.ts";
import { madeKeys } from "../../src/testing/made-keys.ts";
import { dispatchable, trusted as workflow } from "../../test/github/compiled-rights.ts";
import { infra, type SmallGitHub, smallGitHub } from "../../test/github/small-github.ts";
import { type Ended, type JobAbout, runInJob, type Started } from "./job.ts";
import { rewrittenPlans } from "./plan-file.ts";
import { standIn } from "./tool.ts";

type WorkflowRun = Awaited<ReturnType<SmallGitHub["github"]["runs"]["start"]>>;

/** A repository on the look-alike GitHub with a pull request that alters all of its stacks. */
export interface CiStage {
  /** The run that a push to the pull request started, and one of plangate's own workflow on the default branch. */
  readonly change: WorkflowRun;
  readonly trusted: WorkflowRun;
  /** What starts the jobs of the one and of the other. */
  readonly pushed: Started;
  readonly taken: Started;
  /** Somebody approves and merges; gives the push to the default branch that this is. */
  merged(): Promise<Started>;
  run(command: string, about: JobAbout): Promise<Ended>;
  /** The plans that were ordered, an artifact for each plan job: made once by the tool, for one stack. */
  handOver(plans: string | undefined, to: WorkflowRun): Promise<void>;
  close(): Promise<void>;
}

const flow = (states: string) => `version: 1
teams: { owners: [ann, bob] }
branches:
  work: { match: "**", except: [main] }
  main: { accepts: [work], merge: squash, reviews: { count: 1, by: owners } }
environments:
  test: { appliesFrom: [main], approvals: { count: 1, by: owners } }
stacks:
  - root: "stacks/{stack}"
    in: [test]
    backend: ["path=${states}/{environment}/{stack}.tfstate"]
when:
  - { on: pull_request, into: main, in: test, do: [check, plan, comment] }
  - { on: merge, into: main, in: test, do: [apply, verify] }
`;

const rootModule = (value: number, resources: number) => `terraform {
  backend "local" {}
}

resource "terraform_data" "item" {
  count = ${resources}
  input = "item-\${count.index}-${value}"
}
`;

/** As long for each as for any other, so that a plan file of one becomes one of another. */
export const stackName = (index: number) => `app-${String(index).padStart(4, "0")}`;

export async function ciStage(
  main: string,
  about: { readonly stacks: number; readonly resources: number },
): Promise<CiStage> {
  const small = await smallGitHub({ check: () => [] });
  const { dir, github, did, pushed, tip } = small;
  const states = join(dir, "states");
  const names = Array.from({ length: about.stacks }, (_, index) => stackName(index));
  const modules = (value: number) =>
    Object.fromEntries(names.map((name) => [`stacks/${name}/main.tf`, rootModule(value, about.resources)]));
  const keys = join(dir, "keys");
  await keysCommand(keys, ["test"]);
  const files = {
    [workflow]: dispatchable,
    [publicKeysFile]: readFileSync(join(keys, basename(publicKeysFile)), "utf8"),
    "plangate.yaml": flow(states),
    "stacks/network/main.tf": null,
  };
  const base = await pushed("root", "main", { ...files, ...modules(1) });
  const head = await pushed("ann", "feature/all", modules(2));
  const request = { title: "Alter all", body: "", head: "feature/all", base: "main" };
  const { number } = await did("open", "ann", request);
  const plans = rewrittenPlans(join(dir, "made"), {
    main: rootModule(2, about.resources),
    stack: stackName(0),
    pathOf: (stack) => join(states, "test", `${stack}.tfstate`),
  });
  const ground = { small, main, keys, tool: standIn(join(dir, "tool"), plans.json) };
  const start = (event: string, ref: string, commit = head) =>
    github.runs.start({ repository: infra, workflow, by: "ann", event, ref, commit });
  const change = await start("pull_request", `refs/pull/${number}/merge`);
  const trusted = await start("workflow_dispatch", "refs/heads/main", base);
  const inputs = { event: `pull-request ${number}`, run: String(change.id) };
  return {
    change,
    trusted,
    pushed: {
      run: change.id,
      event: "pull_request",
      body: {
        number,
        pull_request: { number, base: { ref: "main", sha: base }, head: { ref: "feature/all", sha: head } },
      },
    },
    taken: {
      run: trusted.id,
      event: "workflow_dispatch",
      body: { workflow, ref: "refs/heads/main", sender: { login: "github-actions[bot]" }, inputs },
    },
    merged: async () => {
      // Answers count when they were given after the plan was shown.
      small.later(60);
      await did("review", "bob", { number, says: "APPROVE" });
      small.later(60);
      await did("merge", "bob", { number, method: "squash" });
      const after = await tip("refs/heads/main");
      const sender = { login: "bob", type: "User" };
      return { run: trusted.id, event: "push", body: { ref: "refs/heads/main", before: base, after, sender } };
    },
    run: (command, how) => runInJob(ground, command, how),
    handOver: async (ordered, to) => {
      const sealer = await planKeys(sealingKeys(dir, madeKeys(keys, presentEnvironment)));
      for (const [environment, bundles] of Object.entries(JSON.parse(ordered ?? "{}") as Matrix<PlanOrder>)) {
        for (const [index, { orders }] of bundles.entries()) {
          const handed = mkdtempSync(join(dir, "handed-"));
          for (const order of orders) {
            const tfplan = await sealer.seal(plans.of(order.stack.slice(`${environment}/`.length)));
            await writeHandedPlan(handed, planOrderKey(order), { outcome: { kind: "changes" }, parts: { tfplan } });
          }
          to.upload(`plangate-plan-${environment}-${index}`, filesBelow(handed));
        }
      }
    },
    close: () => small.close(),
  };
}

/** The key that closes, where those who seal look for it. */
function sealingKeys(dir: string, keys: Readonly<Record<string, string>>): string {
  const folder = join(dir, "sealing");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, keyFiles.recipient), keys.PLANGATE_SEAL_KEY ?? "", { mode: 0o600 });
  return folder;
}

/** The files below a folder, by their paths in it. */
export function filesBelow(dir: string): Readonly<Record<string, Uint8Array>> {
  const entries = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [relative(dir, path), readFileSync(path)];
    }),
  );
}
