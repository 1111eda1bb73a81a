import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { realGit } from "../../../../test/contract/real-git.ts";
import { run } from "../../../../test/real/support/command-line.ts";
import { expectFailure, validDocumentOf } from "../../../../test/real/support/documents.ts";
import { type SettingsServer, startSettingsServer } from "../../../testing/github-settings.ts";

const flow = `version: 1
repository: { owner: acme, name: delivery }
branches:
  work: { match: "**", except: [main] }
  main: { accepts: [work], reviews: { count: 1 } }
environments:
  dev: { appliesFrom: [main] }
stacks:
  - { root: "stacks/{stack}", in: [dev], backend: ["key={stack}"] }
when:
  - { on: merge, into: main, in: dev, do: [plan, apply, verify] }
`;

let top: string;
let server: SettingsServer;
const how = (more: Readonly<Record<string, string | undefined>> = {}) => ({
  env: {
    GITHUB_TOKEN: "secret-token",
    GITHUB_API_URL: server.url,
    GITHUB_REPOSITORY: undefined,
    GH_TOKEN: undefined,
    ...more,
  },
});

beforeEach(async () => {
  top = mkdtempSync(join(tmpdir(), "plangate audit-"));
  realGit(top, ["init", "--quiet", "--initial-branch=main"]);
  writeFileSync(join(top, "plangate.yaml"), flow);
  server = await startSettingsServer();
});
afterEach(async () => {
  expect(server.unknown).toEqual([]);
  await server.close();
  rmSync(top, { recursive: true, force: true });
});

const changes = () => server.requests.filter((request) => !request.startsWith("GET "));

describe("plangate audit", () => {
  it("says what differs, changes nothing, and exits with 3", async () => {
    const ran = await run(top, ["audit", "--json"], how());
    expect(ran.code).toBe(3);
    const { findings, capabilities, changed } = validDocumentOf(ran);
    expect(findings).toContainEqual(
      expect.objectContaining({
        code: "environment-missing",
        where: 'environment "dev"',
        loophole: "L3",
        fixable: true,
      }),
    );
    expect(capabilities).toContainEqual(
      expect.objectContaining({ feature: "checks-of-one-workflow", available: false }),
    );
    expect(changed).toEqual([]);
    expect(changes()).toEqual([]);
  });

  it("shows the changes and makes them once the repository's name is typed, and then finds nothing", async () => {
    const no = await run(top, ["audit", "--fix"], { ...how(), stdin: "yes\n" });
    expect(no.code).toBe(3);
    expect(no.stderr).toContain('Set the environment "dev"');
    expect(no.stderr).toContain("not-confirmed");
    expect(no.stdout).toBe("");
    expect(changes()).toEqual([]);

    const fixed = await run(top, ["audit", "--fix"], { ...how(), stdin: "acme/delivery\n" });
    expect(fixed.stdout).toContain("the live settings are as the flow needs them");
    expect(fixed.code).toBe(0);

    const made = changes().length;
    const again = await run(top, ["audit", "--fix", "--yes", "--json"], how());
    expect(validDocumentOf(again)).toMatchObject({ ok: true, findings: [], changed: [] });
    expect(changes()).toHaveLength(made);
  });

  it("says how far it came when a right is missing, and which", async () => {
    server.instead.push({
      on: "PUT /environments",
      status: 403,
      message: "Resource not accessible by personal access token",
      headers: { "x-accepted-github-permissions": "administration=write" },
    });
    const ran = await run(top, ["audit", "--fix", "--yes", "--json"], how());
    expect(ran.code).toBe(1);
    const [first] = validDocumentOf(ran).diagnostics;
    expect(first).toMatchObject({
      code: "right-missing",
      hint: expect.stringMatching(/administration: write.* [1-9] of \d+ changes/),
    });
    expect(changes().length).toBeGreaterThan(1);
  });

  it("sets what the merged flow needs, and nothing for one that is on its way", async () => {
    server.kept.files.set("plangate.yaml", flow.replace("count: 1", "count: 2"));
    const looked = await run(top, ["audit", "--json"], how());
    expect(validDocumentOf(looked).diagnostics.slice(0, 1)).toMatchObject([
      { severity: "warning", code: "flow-not-merged" },
    ]);
    const ran = await run(top, ["audit", "--fix", "--yes", "--json"], how());
    expect(ran.code).toBe(3);
    expect(validDocumentOf(ran).diagnostics).toMatchObject([{ severity: "error", code: "flow-not-merged" }]);
    expect(changes()).toEqual([]);
    server.kept.files.set("plangate.yaml", flow.replaceAll("\n", "\r\n"));
    const { diagnostics } = validDocumentOf(await run(top, ["audit", "--json"], how()));
    expect(diagnostics.map(({ code }) => code)).not.toContain("flow-not-merged");
  });

  it("changes nothing in a repository that is not the flow's, though its name leads there", async () => {
    Object.assign(server.kept.repository, { name: "renamed" });
    const ran = await run(top, ["audit", "--fix", "--yes", "--json"], how());
    expect(ran.code).toBe(3);
    expect(validDocumentOf(ran).diagnostics).toMatchObject([{ code: "another-repository" }]);
    expect(changes()).toEqual([]);
  });

  it("finds a workflow of somebody's own that takes the environment", async () => {
    server.kept.files.set(".github/workflows/mine.yml", "on: push\njobs:\n  a: { runs-on: x, environment: dev }\n");
    const { findings } = validDocumentOf(await run(top, ["audit", "--json"], how()));
    expect(findings).toContainEqual(
      expect.objectContaining({
        code: "workflow-uses-environment",
        where: ".github/workflows/mine.yml",
        fixable: false,
      }),
    );
  });

  it("draws what is live as text, whatever stands in it", async () => {
    server.kept.keys.push({ id: 1, key: "k", title: "\u001b[31m\nerror fake: all is well", read_only: false });
    const { stdout } = await run(top, ["audit"], how());
    expect(stdout).toContain("deploy-key-writes");
    expect(stdout).not.toContain("\u001b[31m");
    expect(stdout).not.toMatch(/^error fake/m);
  });

  it.each([
    [
      "no token",
      { GITHUB_TOKEN: undefined },
      [],
      { exit: 2, code: "token-missing", summary: /no token/, hint: /GITHUB_TOKEN/ },
    ],
    [
      "another token",
      { GITHUB_TOKEN: "wrong" },
      [],
      { exit: 1, code: "token-refused", summary: /does not take/, hint: /new one/ },
    ],
    [
      "an open line",
      { GITHUB_API_URL: "http://github.example.com" },
      [],
      { exit: 2, code: "setting-wrong", summary: /no https/, hint: /--api-url/ },
    ],
    [
      "no repository's name",
      {},
      ["--repository", "acme"],
      { exit: 2, code: "repository-unknown", summary: /"acme"/, hint: /OWNER\/NAME/ },
    ],
  ] as const)("says what to do about %s", async (_, env, args, failure) => {
    const document = await expectFailure(top, ["audit", ...args], { ...failure, how: how(env) });
    expect(JSON.stringify(document)).not.toContain("secret-token");
  });
});
