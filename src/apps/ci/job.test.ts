import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { attemptUrl, mayHave, mustHave, readJob } from "./job.ts";
import { readVariables } from "./job-variables.ts";
import { changeIn, pushIn, readPayload } from "./payload.ts";

const env = {
  GITHUB_WORKSPACE: "/runner/infra",
  GITHUB_EVENT_NAME: "pull_request",
  GITHUB_EVENT_PATH: "/runner/event.json",
  GITHUB_REPOSITORY: "acme/infra",
  GITHUB_API_URL: "https://api.github.com",
  GITHUB_SERVER_URL: "https://github.com",
  GITHUB_RUN_ID: "77",
  GITHUB_RUN_ATTEMPT: "2",
  GITHUB_REF: "refs/pull/3/merge",
  RUNNER_TEMP: "/runner/temp",
};

describe("the job that a command runs in", () => {
  it("is read from the runner's variables, and each attempt of a run is another holder", () => {
    expect(readJob(env, "/runner/beside")).toMatchObject({
      run: 77,
      out: "/runner/beside/plangate-out",
      plans: "/runner/beside/plangate-plans",
      holder: { host: "github.com/acme/infra", pid: 77, startedAt: "2" },
    });
  });

  it("has a page for each attempt: a later one shows what was said anew and nothing of this one", () => {
    const job = readJob({ ...env, GITHUB_SERVER_URL: "https://git.acme.example/" }, "/runner/beside");
    expect(attemptUrl(job)).toBe("https://git.acme.example/acme/infra/actions/runs/77/attempts/2");
  });

  it.each([
    { name: "GITHUB_RUN_ID", value: "77; rm -rf /" },
    { name: "GITHUB_RUN_ID", value: "0" },
    { name: "GITHUB_REPOSITORY", value: "acme/infra/../other" },
    { name: "GITHUB_API_URL", value: "file:///etc" },
    { name: "GITHUB_WORKSPACE", value: "../elsewhere" },
    { name: "GITHUB_EVENT_NAME", value: "push\nx" },
    { name: "RUNNER_TEMP", value: undefined },
  ])("is none where $name is $value, and says which variable that is", ({ name, value }) => {
    expect(() => readJob({ ...env, [name]: value }, "/runner/beside")).toThrow(name);
  });

  it("takes an empty variable for none, and refuses what no runner would pass on", () => {
    expect(mayHave({ PLANGATE_JOB: "" }, "PLANGATE_JOB")).toBeNull();
    expect(() => mustHave({ PLANGATE_ORDERS: "" }, "PLANGATE_ORDERS")).toThrow("is not set");
    expect(() => mustHave({ PLANGATE_ORDERS: "x".repeat(200_000) }, "PLANGATE_ORDERS")).toThrow("is too long");
  });

  it("gives an environment the variables that the flow names, and no secret that stands before one", () => {
    const told = '{"TF_VAR_size":"3","TF_VAR_key":"old","TF_VAR_none":null,"OTHER":"x"}';
    const variables = readVariables({
      PLANGATE_VARIABLES: told,
      TF_VAR_size: "3",
      TF_VAR_key: "secret",
      TF_VAR_zone: "a",
      OTHER: "x",
    });
    const names = ["TF_VAR_size", "TF_VAR_key", "TF_VAR_none", "TF_VAR_zone"];
    expect(variables({ variables: names } as never)).toEqual({ TF_VAR_size: "3" });
    for (const wrong of ["[1]", '{"TF_VAR_size":3}', "{"])
      expect(() => readVariables({ PLANGATE_VARIABLES: wrong })).toThrow("PLANGATE_VARIABLES");
  });
});

describe("the event that started a workflow", () => {
  let dir = "";
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "plangate-event-"));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const read = (text: string) => {
    const file = join(dir, "event.json");
    writeFileSync(file, text);
    return readPayload({ ...readJob(env, "/runner"), event: { name: "push", file } });
  };

  it.each(["", "[]", "null", "{"])("is none when it is %j", (text) => {
    expect(() => read(text)).toThrow("reading the event");
  });

  it("tells the default branch and who sees the repository, of an enterprise or of none", () => {
    const repository = { default_branch: "main", private: true };
    expect(read(JSON.stringify({ repository: { default_branch: "main" } }))).toMatchObject({
      defaultBranch: "main",
      offer: null,
    });
    expect(read(JSON.stringify({ repository }))).toMatchObject({
      defaultBranch: "main",
      offer: { visibility: "private", ofEnterprise: false },
    });
    expect(read(JSON.stringify({ repository, enterprise: { id: 1 } })).offer).toMatchObject({ ofEnterprise: true });
  });

  it("is not read through a link", () => {
    symlinkSync("/etc/hostname", join(dir, "link.json"));
    const event = { name: "push", file: join(dir, "link.json") };
    expect(() => readPayload({ ...readJob(env, "/runner"), event })).toThrow("reading the event");
  });

  it("tells a branch only by a name that Git takes", () => {
    const push = (ref: string) => pushIn(read(JSON.stringify({ ref, before: "0".repeat(40), after: "a".repeat(40) })));
    expect(push("refs/heads/feature/x")?.branch).toBe("feature/x");
    for (const ref of ["refs/heads/a\nb", "refs/heads/-x", "refs/heads/a..b", "refs/tags/v1", "main"])
      expect(push(ref)).toBeUndefined();
    const change = {
      number: 1,
      base: { ref: "main\nx", sha: "a".repeat(40) },
      head: { ref: "x", sha: "b".repeat(40) },
    };
    expect(changeIn(read(JSON.stringify({ pull_request: change })))).toBeUndefined();
  });
});
