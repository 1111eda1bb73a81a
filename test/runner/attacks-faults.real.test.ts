import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { at, infra } from "../github/small-github.ts";
import { readZip } from "./read-zip.ts";
import { rootModule } from "./stage-files.ts";
import { patient, whole } from "./story-of-a-repository.ts";
import { openThirdWorld, type Person, type ThirdWorld } from "./third-world.ts";

let world: ThirdWorld | undefined;
afterEach(() => world?.close());

const sweep = "7,22,37,52 * * * *";
const applying = (jobs: readonly string[]) => jobs.filter((job) => /: (?:Apply to |Demo \()/.test(job));

/** Meets each kind of request that it matches once, while it is wanted. */
class FirstOfEachKind extends RegExp {
  readonly met = new Set<string>();
  wanted = false;

  override test(path: string): boolean {
    const kind = path.replace(/[0-9a-f]{40}|\d+/g, "N");
    if (!this.wanted || !super.test(path) || this.met.has(kind)) return false;
    this.met.add(kind);
    return true;
  }
}

/** Terraform as it is, but that it takes the program that applies with it in the middle of an apply when `armed` is there. */
function mortal(dir: string, programs: string): void {
  const terraform = execFileSync("which", ["terraform"], { encoding: "utf8" }).trim();
  const script = `#!/bin/sh
if [ "\${1-}" = apply ]; then
  echo applied >> "${join(dir, "applies")}"
  if [ -f "${join(dir, "armed")}" ]; then
    rm "${join(dir, "armed")}"
    kill -9 "$PPID"
    exit 1
  fi
fi
exec "${terraform}" "$@"
`;
  writeFileSync(join(programs, "terraform"), script, { mode: 0o755 });
}

/** What goes wrong with the next requests of each kind. */
interface Trouble {
  readonly reads: FirstOfEachKind;
  readonly writes: FirstOfEachKind;
}

const trouble = (reads: string): Trouble => ({ reads: new FirstOfEachKind(reads), writes: new FirstOfEachKind("") });

it("applies once what people saw, or says why not, whatever breaks or goes missing between them", patient, async () => {
  // Git's own requests have no such limit.
  const [presenting, applied] = [trouble(""), trouble("^/repos/")];
  const meeting = (step: string): Trouble | undefined =>
    ({ "Present what was planned": presenting, "Apply what was approved": applied })[step];
  const wanted = (step: string, is: boolean) => {
    const met = meeting(step);
    if (met === undefined || !faulty) return;
    for (const one of [met.reads, met.writes]) one.wanted = is;
  };
  let faulty = false;
  world = await openThirdWorld({
    preset: "trunk-demo",
    quick: true,
    opened: async ({ dir, programs }) => mortal(dir, programs),
    hooks: { beforeStep: ({ step }) => wanted(step.name, true), afterStep: ({ step }) => wanted(step.name, false) },
  });
  const { stage, runner } = world;
  const { github, dir } = stage;
  const [ann, bob, eve] = ["ann", "bob", "eve"].map(world.as) as [Person, Person, Person];
  const { rest: evil } = await stage.as("eve");
  const { rest: administrator } = await stage.as("root");
  const stands = () => [world?.stands("test", "infra"), world?.stands("prod", "infra")];
  const settled = async () => (await world?.settled()) ?? [];
  const applies = () => {
    const file = join(dir, "applies");
    return existsSync(file) ? readFileSync(file, "utf8").split("\n").length - 1 : 0;
  };
  const swept = async () => {
    await runner.schedule(sweep);
    return settled();
  };
  const logOf = (name: string) =>
    runner.runs.flatMap(({ jobs }) => jobs).findLast((job) => job.name === name && job.log !== "")?.log;
  for (const [one, reads, writes] of [
    [presenting, "bad-gateway", "late"],
    [applied, "secondary-limit", "reset"],
  ] as const) {
    github.failNext({ how: reads, method: "GET", path: one.reads, times: 1000 });
    github.failNext({ how: writes, method: "POST", path: one.writes, times: 1000 });
  }
  await settled();

  await (await eve.clone()).pushed("feature/NET-1", {
    from: "main",
    files: { "infra/main.tf": rootModule("infra", "two") },
  });
  const change = await eve.opens({ head: "feature/NET-1", base: "main" });
  await settled();

  // The machine of an apply dies: nobody repeats it, and people are told.
  await ann.dispatches("prepare-for-demo.yml", { job: "Demo (apply)", ref: "feature/NET-1" });
  await settled();
  writeFileSync(join(dir, "armed"), "");
  expect(await bob.answers("demo-test", "approved")).toBe(1);
  expect(applying(await settled())).toEqual([expect.stringContaining("Demo (apply) / apply failure")]);
  expect(await swept()).toEqual(["plangate.yml schedule: Decide success"]);
  expect(logOf("Decide")).toMatch(
    /test\/infra: interrupted, .* is gone \(applying\); how far the apply came shows in a new plan/,
  );
  expect(await world.deployments()).toMatchObject({ "demo-test": "failure" });
  expect(applying(await swept())).toEqual([]);
  expect([applies(), await bob.answers("demo-test", "approved")]).toEqual([1, 0]);

  // Each kind of request that shows the plan fails once.
  faulty = true;
  await ann.approves(change);
  expect(await eve.merges(change, "squash")).toBe("merged");
  expect(await settled()).toContain("plangate.yml push: Present success");
  faulty = false;
  const kinds = ({ reads, writes }: Trouble) =>
    [...reads.met, ...writes.met].map((path) => path.replace(/^.*\/infra/, ""));
  expect(kinds(presenting)).toEqual(
    expect.arrayContaining([
      ".git/info/refs",
      ".git/git-receive-pack",
      "/actions/runs/N/artifacts",
      "/deployments",
      "/graphql",
    ]),
  );
  expect((await world.said(change)).split("### `prod/infra`")).toHaveLength(2);

  // Somebody takes the stored plan away: another one is made, and shown, and asked for, by itself and once.
  const newest = async () => {
    const { data } = await evil.actions.listArtifactsForRepo({ ...at, per_page: 100 });
    const [found] = data.artifacts
      .filter(({ name }) => name.startsWith("plangate-bundles-"))
      .toSorted((left, right) => right.id - left.id);
    if (found === undefined) throw new Error("there is no bundle");
    return found;
  };
  const refused = async () => {
    expect(await ann.answers("prod", "approved")).toBe(1);
    const jobs = applying(await settled());
    expect([jobs.length, applies(), ...stands()]).toEqual([1, 1, null, null]);
    return jobs[0];
  };
  const taken = await newest();
  await evil.actions.deleteArtifact({ ...at, artifact_id: taken.id });
  expect(await ann.answers("prod", "approved")).toBe(1);
  expect(await settled()).toContain("plangate.yml workflow_dispatch: Present success");
  expect(logOf("Decide")).toMatch(/apply-ready: the stored plan bundle is not there/);
  expect([applies(), (await newest()).id === taken.id]).toEqual([1, false]);
  await evil.actions.deleteArtifact({ ...at, artifact_id: (await newest()).id });
  expect(await refused()).toMatch(
    /refused \(bundle-missing\), the stored plan bundle is not there(?:.|\n)*What to do:\n.*Whoever may merge asks for a new plan: with the comment `\/plangate plan`/,
  );

  // Somebody puts another one in its place.
  const anew = async () => {
    await ann.comments(change, "/plangate plan");
    expect(await settled()).toContain("plangate.yml issue_comment: Present success");
  };
  await anew();
  const { id, name } = await newest();
  const kept = github.kept(infra).artifacts.find((one) => one.id === id);
  if (kept?.zip == null) throw new Error(`${name} is not there`);
  const files = (await readZip(kept.zip)).map(({ path, content }) => {
    const other = Buffer.from(content);
    if (path.includes("/part-")) other[other.length - 1] = (other.at(-1) ?? 0) ^ 1;
    return [path, other] as const;
  });
  kept.zip = null;
  github.runs.of(infra, kept.run).upload(name, Object.fromEntries(files));
  expect(await refused()).toContain("refused (bundle-altered), the plan bundle was altered");
  await swept();
  expect(await world.said(change)).toMatch(
    /^- `prod\/infra`: \*\*refused\*\*.*the plan bundle was altered.*\*\*What to do:\*\*/m,
  );

  // Somebody puts the record back to what it was before: the rules refuse it, and where they are off it is seen.
  await anew();
  const clone = await eve.clone();
  await clone.git("fetch", "--quiet", "origin", "plangate/record");
  const right = await clone.git("rev-parse", "FETCH_HEAD");
  const put = (commit: string) =>
    clone.git("push", "--quiet", "--force", "origin", `${commit}:refs/heads/plangate/record`);
  await expect(put(`${right}~4`)).rejects.toThrow(/Cannot force-push to this branch/);
  const { data: rulesets } = await administrator.repos.getRepoRulesets(at);
  const enforced = async (enforcement: "active" | "disabled") => {
    for (const { id } of rulesets) await administrator.repos.updateRepoRuleset({ ...at, ruleset_id: id, enforcement });
  };
  await enforced("disabled");
  await put(`${right}~4`);
  expect(await refused()).toMatch(/rewritten/);
  expect(await swept()).toEqual([expect.stringMatching(/Decide failure(?:.|\n)*rewritten/)]);
  await put(right);
  await enforced("active");

  // Each kind of request of the apply fails once, and it is applied, once.
  await swept();
  faulty = true;
  expect(await ann.answers("prod", "approved")).toBe(1);
  expect(applying(await settled())).toEqual([expect.stringContaining("Apply to prod / apply success")]);
  expect(kinds(applied)).toEqual(
    expect.arrayContaining([".git/git-receive-pack", "/actions/artifacts/N/zip", "/deployments", "/graphql"]),
  );
  expect([applies(), ...stands()]).toEqual([2, null, "two"]);
  expect(await world.verified()).toMatch(whole);

  // A right is taken from the jobs that decide: they say which.
  await enforced("disabled");
  await clone.git("fetch", "--quiet", "origin", "main");
  const file = ".github/workflows/plangate.yml";
  const text = `${await clone.git("show", `FETCH_HEAD:${file}`)}\n`;
  const less = text.replaceAll(/^ +deployments: write.*\n/gm, "");
  expect(less.length).toBeLessThan(text.length);
  await clone.pushed("main", { files: { [file]: less } });
  const lacking = (await settled()).find((job) => job.startsWith("plangate.yml push: Decide failure"));
  expect(lacking).toMatch(/right-missing: (?:.|\n)*It takes the right deployments: read;/);
});
