import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { flowOf, workflowsOf } from "../../../test/compile/flow-under-test.ts";
import { withGivenSecrets } from "../../apps/ci/given-secrets.ts";
import { renderPreset } from "../../flow/index.ts";
import { temporaryFolder } from "../../testing/programs.ts";
import type { Step } from "../../testing/workflow-rules.ts";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

const steps: readonly (readonly [string, Step])[] = Object.values(workflowsOf(flowOf(renderPreset("gitflow")))).flatMap(
  ({ jobs }) =>
    Object.values(jobs).flatMap(({ steps: all = [] }) =>
      all.flatMap((step) => {
        const command = / ci (decide|present|apply)\b/.exec(step.run ?? "")?.[1];
        return command === undefined ? [] : [[command, step] as const];
      }),
    ),
);

const secrets = /^(?:GITHUB_TOKEN|PLANGATE_(?:APP|DIGEST|OPEN|SIGN)_KEY)$/;

describe.runIf(process.platform === "linux")("a step that starts the tool beside secrets", () => {
  it("is one of each kind of job that has them", () => {
    expect([...new Set(steps.map(([command]) => command))].sort()).toEqual(["apply", "decide", "present"]);
  });

  it.each(steps)(
    "hands them to `ci %s`, and leaves them in the variables of no process",
    async (_, { run, env = {} }) => {
      // A program that stands for npx says what it was given, and what any program beside it could read of others.
      const out = join(folder.path, "out");
      await folder.program(
        "bin/npx",
        `cat > '${out}-stdin'\ntr '\\0' '\\n' < /proc/self/environ > '${out}-own'\ncat /proc/[0-9]*/environ 2> /dev/null | tr '\\0' '\\n' > '${out}-all'\necho "$@" > '${out}-args'`,
      );
      const names = Object.keys(env).filter((name) => secrets.test(name));
      expect(names).toContain("GITHUB_TOKEN");
      const marker = `secret-${process.pid}-${Date.now()}`;
      const given = Object.fromEntries(names.map((name) => [name, `${marker} of\n${name}`]));
      await folder.write("step.sh", run ?? "");
      const ended = spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", join(folder.path, "step.sh")], {
        env: { PATH: `${join(folder.path, "bin")}:${process.env.PATH}`, PLANGATE_SECRETS: "stdin", ...given },
        encoding: "utf8",
      });
      expect(ended).toMatchObject({ status: 0, stderr: "" });
      const read = (name: string) => readFileSync(`${out}-${name}`, "utf8");
      expect(read("args")).toMatch(/^--yes plangate@\d+\.\d+\.\d+ ci (?:decide|present|apply)\n$/);
      expect(withGivenSecrets({ PLANGATE_SECRETS: "stdin" }, () => read("stdin"))).toMatchObject(given);
      expect(read("own")).toContain("PLANGATE_SECRETS=stdin");
      expect(read("all")).toContain("PATH=");
      expect(read("all").includes(marker)).toBe(false);
      expect(readdirSync(folder.path).filter((name) => name.startsWith("out-"))).toHaveLength(4);
    },
  );
});
