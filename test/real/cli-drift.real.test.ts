import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "./support/command-line.ts";
import { expectFailure, validDocumentOf } from "./support/documents.ts";
import { flowText, makeRepository, rootFile, rootModule, type TestRepository } from "./support/repository.ts";

describe("plangate drift", () => {
  let repository: TestRepository;
  let top: string;
  beforeAll(async () => {
    repository = makeRepository({ "plangate.yaml": flowText });
    top = repository.top;
    repository.commit({ [rootFile]: `${rootModule({})}\noutput "held" {\n  value = terraform_data.this.output\n}\n` });
    for (const stack of ["dev/web", "prod/web"]) {
      const { bundle } = validDocumentOf(await run(top, ["plan", stack, "--json"]));
      const { digest } = bundle as { digest: string };
      const past = stack === "prod/web" ? ["--break-glass", "first apply"] : [];
      const args = ["apply", stack, "--plan", digest, ...past, "--json"];
      validDocumentOf(await run(top, args, { stdin: `${stack}\n` }));
    }
  });
  afterAll(() => repository.remove());

  const stateFile = (environment: string) => join(repository.around, `${environment}-web.tfstate`);

  it("finds none where everything is as it was applied, and leaves a run that says so", async () => {
    const document = validDocumentOf(await run(top, ["drift", "dev/web", "--json"]));
    expect(document).toMatchObject({
      ok: true,
      stack: "dev/web",
      drift: [],
      run: { mode: "refresh-only", state: "no-changes" },
    });
    const text = await run(top, ["drift", "dev/web", "--quiet"]);
    expect(text).toMatchObject({ code: 0, stderr: "", stdout: "dev/web: real objects are as they were applied.\n" });
  });

  it("looks at a gated environment too, since it changes nothing", async () => {
    const before = readFileSync(stateFile("prod"), "utf8");
    expect(validDocumentOf(await run(top, ["drift", "prod/web", "--json"]))).toMatchObject({ ok: true });
    expect(readFileSync(stateFile("prod"), "utf8")).toBe(before);
  });

  it("looks at what is committed, whatever is on disk", async () => {
    repository.write({ [rootFile]: rootModule({ value: "two" }) });
    expect(validDocumentOf(await run(top, ["drift", "dev/web", "--json"]))).toMatchObject({ ok: true, drift: [] });
    repository.git("checkout", "--quiet", "--", ".");
  });

  it("tells what somebody changed by hand, without its value, and exits 3", async () => {
    const state = JSON.parse(readFileSync(stateFile("dev"), "utf8")) as {
      serial: number;
      resources: { instances: { attributes: { output: { value: string } } }[] }[];
    };
    const [instance] = state.resources[0]?.instances ?? [];
    if (instance === undefined) throw new Error("nothing is in the state");
    instance.attributes.output.value = "changed-by-hand";
    state.serial++;
    writeFileSync(stateFile("dev"), JSON.stringify(state));
    const document = await expectFailure(top, ["drift", "dev/web"], {
      exit: 3,
      code: "drift-found",
      summary: /an object is no longer as applied: output\.held \(value\)/,
      hint: /plangate plan dev\/web/,
    });
    expect(document.drift).toEqual([{ address: "output.held", paths: ["value"], class: "drift" }]);
    expect(document.run).toMatchObject({ state: "discarded", code: "drift-found" });
    expect(JSON.stringify(document)).not.toContain("changed-by-hand");
  });

  it("takes a new output for no drift", async () => {
    repository.commit({ [rootFile]: `${rootModule({})}\noutput "more" {\n  value = "static"\n}\n` });
    expect(validDocumentOf(await run(top, ["drift", "prod/web", "--json"]))).toMatchObject({ ok: true, drift: [] });
  });

  it("finds nothing to compare in a stack that was never applied, though its outputs wait", async () => {
    const more = 'output "made" {\n  value = terraform_data.this.id\n}\n';
    const entry = '  - { root: infra/fresh, in: [dev], backend: ["path=fresh.tfstate"] }\n';
    repository.commit({
      "infra/fresh/main.tf": `${rootModule({})}\n${more}`,
      "plangate.yaml": flowText.replace("stacks:\n", `stacks:\n${entry}`),
    });
    const fresh = await run(top, ["drift", "dev/fresh", "--quiet"]);
    expect(fresh).toMatchObject({ code: 0, stdout: expect.stringMatching(/^dev\/fresh: nothing was applied yet/) });
  });

  it("tells of a state that is gone, though no object can show it", async () => {
    rmSync(stateFile("prod"));
    const gone = await expectFailure(top, ["drift", "prod/web"], {
      exit: 3,
      code: "drift-found",
      summary: /the state of prod\/web is gone/,
      hint: /plangate plan prod\/web/,
    });
    expect(gone.drift).toEqual([{ address: "the state of prod/web", paths: [], class: "drift" }]);
  });

  it("of a stack that is not there names the nearest", async () => {
    await expectFailure(top, ["drift", "dev/wbe"], {
      exit: 2,
      code: "unknown-stack",
      summary: /"dev\/wbe" does not exist/,
      hint: /Did you mean "dev\/web"/,
    });
  });
});
