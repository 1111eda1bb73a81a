import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, expect, it } from "vitest";
import { type HttpState, startHttpState } from "../../src/testing/http-state.ts";
import { infra } from "../github/small-github.ts";
import { documentOf } from "../real/support/command-line.ts";
import { readZip } from "./read-zip.ts";
import { patient } from "./story-of-a-repository.ts";
import { openThirdWorld, type Person, type ThirdWorld } from "./third-world.ts";

const execute = promisify(execFile);

let world: ThirdWorld | undefined;
let state: HttpState | undefined;
afterEach(async () => {
  await world?.close();
  await state?.close();
});

const secret = "hunter2-hunter2";

/** A root module whose state is behind HTTP, with a secret in it. */
const rootModule = (value: string, lifecycle = "") => `terraform {
  required_version = "~> 1.10"

  backend "http" {}
}

variable "size" {
  type    = string
  default = "none"
}

variable "token" {
  type      = string
  default   = "${secret}"
  sensitive = true
}

resource "terraform_data" "infra" {
  input = {
    size  = var.size
    value = "${value}"
    token = var.token
  }
${lifecycle}}

output "token" {
  value     = var.token
  sensitive = true
}
`;

const unmet = `
  lifecycle {
    postcondition {
      condition     = self.output.value == "another"
      error_message = "\\n::set-output name=stolen::yes\\nIt was not taken with ${secret}."
    }
  }
`;

const verifyScript = `echo "::add-mask::everything"
echo "asked with ${secret}"
echo "the route answers 503"
exit 3
`;

it(
  "loses nothing that an apply made or said: it is told, kept closed, and put back by whoever has the key",
  patient,
  async () => {
    state = await startHttpState();
    const { url } = state;
    let readOnly = true;
    world = await openThirdWorld({
      preset: "trunk-demo",
      quick: true,
      edit: (flow) => flow.replace(/^( +)backend: \[.*$/m, '$&\n$1verify: ["sh verify.sh"]'),
      hooks: {
        // The backend takes locks and gives states, and no write from the moment on that something is applied.
        beforeStep: ({ step }) => {
          if (step.name === "Apply what was approved" && readOnly) state?.refuseWrites(403);
        },
      },
    });
    const { stage, runner } = world;
    const [ann, bob, eve] = ["ann", "bob", "eve"].map(world.as) as [Person, Person, Person];
    const settled = async () => (await world?.settled()) ?? [];
    await settled();

    const applied = async (branch: string, files: Readonly<Record<string, string>>) => {
      await (await eve.clone()).pushed(branch, { from: "main", files });
      const change = await eve.opens({ head: branch, base: "main" });
      await settled();
      await ann.approves(change);
      expect(await eve.merges(change, "squash")).toBe("merged");
      await settled();
      expect(await bob.answers("prod", "approved")).toBe(1);
      const jobs = await settled();
      const told = jobs.find((job) => job.includes("Apply to prod / apply"));
      const ran = runner.runs
        .flatMap(({ jobs }) => jobs)
        .findLast(({ name, log }) => name.startsWith("Apply to prod") && log !== "");
      if (told === undefined || ran === undefined) throw new Error(`nothing was applied: ${jobs.join("\n")}`);
      return { said: plain(await world?.said(change)), told, log: ran.log, summary: ran.summary };
    };
    /** What the newest apply job kept, in a folder of its own. */
    const downloaded = async () => {
      const artifact = stage.github.kept(infra).artifacts.findLast(({ name }) => name.startsWith("plangate-kept-"));
      if (artifact?.zip == null) throw new Error("nothing was kept");
      const folder = join(stage.dir, "downloaded", artifact.name);
      mkdirSync(folder, { recursive: true });
      const files = await readZip(artifact.zip);
      for (const { path, content } of files) {
        expect(content.includes(secret) || content.includes("lineage")).toBe(false);
        writeFileSync(join(folder, path), content);
      }
      return {
        name: artifact.name,
        folder,
        files: files.map(({ path }) => path.replace(/^run-\w+/, "RUN")).toSorted(),
      };
    };
    const keyOf = (environment: string) => join(stage.dir, "keys", environment, "PLANGATE_OPEN_KEY");
    const open = (folder: string, command: readonly string[], ...more: readonly string[]) => {
      const [file = "", digest = ""] = command;
      return stage.plangate(["open", join(folder, file), "--digest", digest, ...more]);
    };
    /** The file and the digest that a text tells how to open. */
    const opening = (text: string, name: RegExp) =>
      [...text.matchAll(/plangate open (\S+) --key FOLDER\/prod\/PLANGATE_OPEN_KEY --digest (sha256:[0-9a-f]{64})/g)]
        .map(([, file = "", digest = ""]) => [file, digest] as const)
        .find(([file]) => name.test(file)) ?? [];

    // The backend takes nothing more while something is made.
    const unsaved = await applied("feature/NET-1", {
      "infra/main.tf": rootModule("one"),
      "infra/verify.sh": verifyScript,
      "infra/backend-test.hcl": `address = "${url}/test"\n`,
      "infra/backend-prod.hcl": `address = "${url}/prod"\n`,
    });
    expect(state.read("/prod")).toBeUndefined();
    expect(unsaved.told).toContain("Apply to prod / apply failure");
    const kept = await downloaded();
    expect(kept.files).toEqual(["RUN.log.age", "RUN.tfstate.age"]);
    expect(unsaved.said).toContain(`in the artifact ${kept.name} of workflow run`);
    expect(unsaved.said).toMatch(/What failed: .*Failed to (?:save|persist) state/);
    const saved = opening(unsaved.said, /tfstate/);
    expect((await open(kept.folder, saved, "--key", keyOf("test"))).stderr).toMatch(/not opened by/);
    const file = join(stage.dir, "put-back.tfstate");
    expect(await open(kept.folder, saved, "--key", keyOf("prod"), "--out", file)).toMatchObject({ code: 0 });
    expect(readFileSync(file, "utf8")).toContain(secret);

    // Somebody with the key puts it back, and a new plan knows all of it.
    state.refuseWrites(undefined);
    readOnly = false;
    const clone = await ann.clone();
    await clone.git("pull", "--quiet", "origin", "main");
    const terraform = (...args: readonly string[]) =>
      execute("terraform", [`-chdir=${join(clone.dir, "infra")}`, ...args], { encoding: "utf8" });
    await terraform("init", "-backend-config=backend-prod.hcl");
    await terraform("state", "push", file);
    expect(state.read("/prod")).toContain('"type": "terraform_data"');
    const { stdout } = await terraform("plan", `-var-file=${join(clone.dir, "environments/prod/vars.tfvars")}`);
    expect(stdout).toContain("No changes");

    // What is wrong is told where people look, with file and line, and does nothing.
    const failed = await applied("feature/NET-2", { "infra/main.tf": rootModule("two", unmet) });
    const line =
      rootModule("two", unmet)
        .split("\n")
        .findIndex((one) => one.includes("self.output")) + 1;
    for (const text of [failed.said, failed.log, failed.summary]) {
      expect(text).toContain("Resource postcondition failed");
      expect(text).toContain(`infra/main.tf:${line}`);
      expect(text).toMatch(/It was not\s+taken\s+with\s+\(redacted\)/);
      expect(text).not.toMatch(/^\s*::set-output/m);
    }
    expect(failed.said).toMatch(/What to do:.*summary of the job/);

    // So is what verification found; what its commands printed is for whoever has the key.
    const unverified = await applied("feature/NET-3", { "infra/main.tf": rootModule("three") });
    expect(unverified.said).toContain('"sh verify.sh" failed with the exit code 3');
    for (const text of [unverified.log, unverified.summary]) {
      expect(text).toContain("the route answers 503");
      expect(text).toContain("asked with (redacted)");
      expect(text).not.toMatch(/^\s*::add-mask::everything/m);
    }
    const proof = await downloaded();
    expect(proof.files).toEqual(["RUN.log.age", "RUN.verification.json.age"]);
    const command = opening(unverified.summary, /verification/);
    const document = documentOf(await open(proof.folder, command, "--key", keyOf("prod"), "--json"));
    expect(JSON.parse(String(document.text))).toMatchObject({
      stack: "prod/infra",
      verified: false,
      checks: [
        { name: "a new plan is empty", passed: true },
        { name: "sh verify.sh", passed: false, exitCode: 3, output: expect.stringContaining("answers 503") },
      ],
    });

    const everything = runner.runs.flatMap(({ jobs }) => jobs.flatMap(({ log, summary }) => [log, summary]));
    const comments = await Promise.all([1, 2, 3].map((number) => world?.said(number)));
    expect([...everything, ...comments].filter((text) => text?.includes(secret))).toEqual([]);
  },
);

/** What people read of Markdown: without what escapes it. */
function plain(markdown = ""): string {
  return markdown.replaceAll(/\\(?=[^a-zA-Z0-9\s])/g, "").replaceAll("\u200b", "");
}
