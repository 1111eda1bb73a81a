import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { root } from "../../scripts/parts.ts";
import { documentsOf, trusting } from "../compile/trust-documents.ts";
import { at, infra, owner, repo } from "../github/small-github.ts";
import { openClouds } from "./clouds.ts";
import { rootModule } from "./stage-files.ts";
import { patient, whole } from "./story-of-a-repository.ts";
import { openThirdWorld, type ThirdWorld } from "./third-world.ts";

const forged = "forged by the code of the change";
const demo = "prepare-for-demo.yml";

/** What the code of the change did, and how it came out. */
interface Did {
  readonly job: string;
  readonly subcommand: string;
  readonly what: "token" | "identity" | "artifact" | "later steps" | "looked";
  readonly target: string;
  readonly outcome: number | string | null;
}

/**
 * Stands for Terraform on the machines: from when `about` is there, each subcommand that starts providers starts the
 * code of the change too, as one of those would be.
 */
function toolOf(programs: string, about: string): void {
  const terraform = execFileSync("which", ["terraform"], { encoding: "utf8" }).trim();
  const code = join(root, "test/runner/code-of-a-change.mjs");
  const script = `#!/bin/sh
case "\${1-}" in
  plan | show | apply)
    if [ -f "${about}" ]; then "${process.execPath}" "${code}" "$1" "${about}" </dev/null || exit 1; fi ;;
esac
exec "${terraform}" "$@"
`;
  writeFileSync(join(programs, "terraform"), script, { mode: 0o755 });
}

it(
  "gives the code of a change no key, no right and no identity but that of its plans, and believes nothing of it",
  patient,
  async () => {
    let world: ThirdWorld | undefined;
    let clouds: Awaited<ReturnType<typeof openClouds>> | undefined;
    try {
      world = await openThirdWorld({
        preset: "trunk-demo",
        quick: true,
        opened: async ({ dir, programs }) => toolOf(programs, join(dir, "about.json")),
      });
      const { stage, runner } = world;
      const { github } = stage;
      await world.settled();
      const { rest } = await stage.as("root");
      const { data } = await rest.repos.get(at);
      const flow = trusting("trunk-demo", (written) => {
        written.repository = { owner, name: repo, ownerId: data.owner.id, id: data.id };
      });
      const issuerUrl = `${github.url}/_services/token`;
      const documents = documentsOf(flow, { github_issuer: issuerUrl.replace(/^http:\/\//, "") });
      clouds = await openClouds({ documents, issuerUrl, clock: { now: Date.now } });
      const roles = documents.roles.map(({ arn }) => arn);
      const planner = roles.filter((arn) => arn.endsWith("test-plan"));
      expect([roles.length, planner.length]).toEqual([4, 1]);
      const providers = documents.providers.map(({ name }) => name);
      const accounts = documents.accounts.map(({ email }) => email);
      const ofPlans = (name: string) => name.includes("pg-test-plan");
      expect([providers.length, accounts.length, accounts.filter(ofPlans).length]).toEqual([4, 4, 1]);

      const dir = join(stage.dir, "hostile");
      mkdirSync(dir);
      const { data: main } = await rest.git.getRef({ ...at, ref: "heads/main" });
      const [ann, bob, eve] = [world.as("ann"), world.as("bob"), world.as("eve")];
      // Numbers are those of issues and pull requests alike.
      const number = (await eve.issue("Which number is next")) + 1;
      const about = {
        dir,
        api: github.url,
        aws: clouds.aws,
        google: clouds.google,
        roles,
        providers,
        accounts,
        repository: infra,
        change: number,
        head: main.object.sha,
        forged,
      };
      writeFileSync(join(stage.dir, "about.json"), JSON.stringify(about));
      const head = await (await eve.clone()).pushed("feature/NET-66", {
        from: "main",
        files: { "infra/main.tf": rootModule("infra", "two") },
      });
      const change = await eve.opens({ head: "feature/NET-66", base: "main" });
      expect(change).toBe(about.change);
      await world.settled();
      const shown = await world.said(change);
      expect(shown).toContain("### `test/infra`");
      await ann.dispatches(demo, { job: "Demo (apply)", ref: "feature/NET-66" });
      await world.settled();
      expect(await bob.answers("demo-test", "approved")).toBe(1);
      await world.settled();
      // What people looked at and opened is applied; nothing else is.
      expect([world.stands("test", "infra"), world.stands("prod", "infra")]).toEqual(["two", null]);

      const did = readFileSync(join(dir, "did.jsonl"), "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Did);
      const jobs = [...new Set(did.map(({ job, subcommand }) => `${job} ${subcommand}`))];
      // Whoever looks at a plan starts its providers too.
      expect(jobs.sort()).toEqual(
        ["apply apply", "apply plan", "decide show", "plan-demo-apply plan", "plan-demo-destroy plan", "plan-test plan"]
          .concat("present-demo-apply show", "present-demo-destroy show")
          .sort(),
      );
      const kept = Object.values(stage.secrets.environments).flatMap((secrets) => Object.values(secrets));
      const keys = kept.flatMap((secret) =>
        secret.split("\n").filter((line) => line.length > 20 && !line.startsWith("--")),
      );
      expect(keys.length).toBeGreaterThan(3);
      for (const name of readdirSync(join(dir, "loot"))) {
        const loot = readFileSync(join(dir, "loot", name), "latin1");
        expect({ name, keys: keys.filter((key) => loot.includes(key)) }).toEqual({ name, keys: [] });
      }

      const tried = did.filter(({ what }) => what === "token");
      expect([...new Set(tried.filter(({ outcome }) => Number(outcome) < 400).map(({ target }) => target))]).toEqual([
        "GET ",
      ]);
      // What decides and what applies has tokens that write: nobody but plangate finds those.
      expect([...new Set(tried.map(({ job }) => job))].sort()).toEqual([
        "plan-demo-apply",
        "plan-demo-destroy",
        "plan-test",
      ]);
      expect(new Set(clouds.given.map(({ holder }) => holder))).toEqual(
        new Set([...planner, ...accounts.filter(ofPlans)]),
      );
      expect(new Set(clouds.refused.map(({ wanted }) => wanted))).toEqual(
        new Set([
          ...roles.filter((arn) => !planner.includes(arn)),
          ...providers.filter((name) => !ofPlans(name)).map((name) => `//iam.googleapis.com/${name}`),
          ...accounts.filter((email) => !ofPlans(email)),
        ]),
      );
      const whom = ({ job, target, outcome }: Did) => `${job}: ${outcome ?? target}`;
      expect(did.filter(({ what }) => what === "identity").map(whom)).toContain("apply: no token for an identity");

      expect(did.filter(({ what }) => what === "artifact").length).toBeGreaterThan(jobs.length);
      expect(did.filter(({ what }) => what === "later steps").length).toBeGreaterThan(jobs.length);
      expect(existsSync(join(dir, "later-steps"))).toBe(false);
      const outputs = runner.runs.flatMap((run) => run.jobs.map((job) => JSON.stringify(job.outputs)));
      expect(outputs.filter((text) => text.includes('"prod'))).toEqual([]);

      expect(await world.said(change)).not.toContain(forged);
      const checks = (await rest.checks.listForRef({ ...at, ref: head })).data.check_runs.map(({ name }) => name);
      expect(checks).toContain("plangate / change");
      expect(checks).not.toContain(forged);
      expect((await rest.git.getRef({ ...at, ref: "heads/main" })).data.object.sha).toBe(main.object.sha);
      expect(Object.keys(await world.deployments())).not.toContain("prod");
      expect(await world.verified()).toMatch(whole);
    } finally {
      await world?.close();
      await clouds?.close();
    }
  },
);
