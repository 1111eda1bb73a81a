import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "./support/command-line.ts";
import { expectFailure, validDocumentOf } from "./support/documents.ts";
import { makeRepository, quick, rootFile, rootModule, type TestRepository } from "./support/repository.ts";

const flow = `version: 1
branches:
  work: { match: "**", except: [main] }
  main: { accepts: [work] }
gates:
  teardown: { by: [ann, bob] }
environments:
  dev: { kind: dev, appliesFrom: [work, main], destroyable: true }
  shown: { kind: test, appliesFrom: [work, main], destroyable: true }
  lab: { kind: dev, appliesFrom: [work, main], destroyable: true }
  prod: { kind: prod, appliesFrom: [main], approvals: { by: [ann, bob] } }
  try: { kind: ephemeral, appliesFrom: [work], destroyable: true }
stacks:
  - { root: "infra/web shop", name: web, in: [dev, shown, lab, prod, try], backend: ["path=../../../{environment}-{instance}web.tfstate"] }
when:
  - { on: push, to: work, in: dev, do: [plan, apply] }
  - { on: pull_request, into: main, in: try, do: [check, plan, apply, verify, destroy] }
  - { on: dispatch, job: Show, in: shown, do: [plan, apply, verify] }
  - { on: dispatch, job: Take down, in: shown, do: [plan-destroy, destroy] }
  - { on: dispatch, job: Fill the lab, in: lab, do: [plan, apply] }
  - { on: dispatch, job: Empty the lab, in: lab, do: [plan-destroy, gate, destroy], gate: teardown }
  - { on: merge, into: main, in: prod, do: [plan, gate, apply, verify] }
allow:
  provisioners: [local-exec]
`;

describe("plangate destroy", () => {
  let repository: TestRepository;
  let top: string;
  const state = async (stack: string) => {
    const { drift } = validDocumentOf(await run(top, ["drift", stack, "--json"]));
    const planned = validDocumentOf(await run(top, ["plan", stack, "--json"]));
    return { drift, add: (planned.summary as { add: number }).add };
  };
  const applied = async (stack: string) => {
    const planned = validDocumentOf(await run(top, ["plan", stack, "--json"]));
    const { digest } = planned.bundle as { digest: string };
    expect(validDocumentOf(await run(top, ["apply", stack, "--plan", digest, "--json"]))).toMatchObject({ ok: true });
  };
  beforeAll(() => {
    repository = makeRepository({ "plangate.yaml": flow });
    top = repository.top;
    repository.commit({ [rootFile]: rootModule({ command: [repository.around, quick] }) });
  });
  afterAll(() => repository.remove());

  it.each([
    { stack: "prod/web", code: "not-destroyable", summary: /prod is not marked destroyable/, hint: /Remove resources/ },
    {
      stack: "shown/web",
      code: "gated-environment",
      summary: /shown is of kind test, so shown\/web is not destroyed/,
      hint: /start the job "Take down"/,
    },
    {
      stack: "lab/web",
      code: "gated-environment",
      summary: /lab is gated, so lab\/web is not destroyed/,
      hint: /start the job "Empty the lab"/,
    },
  ])("of $stack is refused, with the way that leads there, and nothing is planned", async ({ stack, ...failure }) => {
    await expectFailure(top, ["destroy", stack, "--yes-destroy", stack], { exit: 3, ...failure });
    expect(validDocumentOf(await run(top, ["runs", stack, "--json"])).runs).toEqual([]);
  });

  it("of an environment per pull request names one of them", async () => {
    await expectFailure(top, ["destroy", "try/web"], {
      exit: 2,
      code: "unknown-stack",
      summary: /"try\/web" does not exist/,
      hint: /such as try-12\/web/,
    });
  });

  it("shows what goes, and does nothing for another name", async () => {
    await applied("dev/web");
    await expectFailure(top, ["destroy", "dev/web", "--yes-destroy", "web"], {
      exit: 3,
      code: "name-not-confirmed",
      summary: /"web" is not "dev\/web", so nothing was destroyed/,
      hint: /begins anew/,
    });
    const typed = await run(top, ["destroy", "dev/web", "--json"], { stdin: "dev\n" });
    const document = validDocumentOf(typed);
    expect(document).toMatchObject({
      ok: false,
      diagnostics: [{ code: "name-not-confirmed" }],
      summary: { destroy: 1 },
      resources: [{ address: "terraform_data.this", action: "delete" }],
      run: { mode: "destroy", state: "waiting" },
    });
    expect(typed.stderr).toContain("terraform_data.this will be destroyed");
    expect((await state("dev/web")).add).toBe(0);
  });

  it("leaves a plan behind that apply does not take", async () => {
    const { runs } = validDocumentOf(await run(top, ["runs", "dev/web", "--json"])) as unknown as {
      runs: readonly { mode: string; state: string; plan: string; next: string | null }[];
    };
    const waiting = runs.find((one) => one.mode === "destroy" && one.state === "waiting");
    expect(waiting?.next).toMatch(/`plangate destroy dev\/web` begins anew/);
    await expectFailure(top, ["apply", "dev/web", "--plan", waiting?.plan ?? ""], {
      exit: 2,
      code: "other-mode",
      summary: /destroy everything of dev\/web/,
      hint: /plangate destroy dev\/web/,
    });
  });

  it("destroys what it showed for the name that was typed, and has nothing to do afterwards", async () => {
    const done = await run(top, ["destroy", "dev/web", "--json"], { stdin: "dev/web\n" });
    expect(validDocumentOf(done)).toMatchObject({
      ok: true,
      stack: "dev/web",
      run: { mode: "destroy", state: "verified" },
      resources: [{ address: "terraform_data.this", action: "delete" }],
    });
    const again = await run(top, ["destroy", "dev/web", "--yes-destroy", "dev/web"]);
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining("nothing stands there") });
    expect((await state("dev/web")).add).toBe(1);
  });

  it("of one pull request's instance leaves every other alone", async () => {
    await applied("try-12/web");
    await applied("try-13/web");
    const done = await run(top, ["destroy", "try-12/web", "--yes-destroy", "try-12/web"]);
    expect(done).toMatchObject({ code: 0, stdout: expect.stringContaining("everything of it is destroyed") });
    expect(await state("try-12/web")).toEqual({ drift: [], add: 1 });
    expect(await state("try-13/web")).toEqual({ drift: [], add: 0 });
  });
});
