import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { run } from "../../../../test/real/support/command-line.ts";
import { expectFailure, validDocumentOf } from "../../../../test/real/support/documents.ts";
import { makeRepository, type TestRepository } from "../../../../test/real/support/repository.ts";

let repository: TestRepository;
afterEach(() => repository.remove());

const s3 = 'terraform {\n  backend "s3" {}\n}\n';
const init = ["init", "--preset", "trunk-demo", "--owners", "ann,bob"];
const flow = () => readFileSync(join(repository.top, "plangate.yaml"), "utf8");
const write = (path: string, text: string) => {
  mkdirSync(dirname(join(repository.top, path)), { recursive: true });
  writeFileSync(join(repository.top, path), text);
};
const living = (settings: (environment: string) => string) =>
  makeRepository({
    "stacks/app/main.tf": s3,
    "stacks/net/main.tf": s3,
    ...Object.fromEntries(
      ["test", "prod"].flatMap((name) =>
        ["app", "net"].map((stack) => [
          `stacks/${stack}/backend-${name}.hcl`,
          `bucket = "acme-${name}"\n${settings(stack)}`,
        ]),
      ),
    ),
  });

describe("plangate init in a repository whose states exist", () => {
  it("takes over where they lie, and check refuses another place beside it", async () => {
    repository = living((stack) => `key = "${stack}/terraform.tfstate"\n`);
    validDocumentOf(await run(repository.top, [...init, "--json"]));
    const took = 'backend: ["stacks/{stack}/backend-{environment}.hcl"]';
    expect(flow()).toContain(took);
    expect((await run(repository.top, ["check"])).code).toBe(0);
    write("plangate.yaml", flow().replace(took, `${took.slice(0, -1)}, "key={stack}.tfstate"]`));
    await expectFailure(repository.top, ["check"], {
      exit: 2,
      code: "state-said-twice",
      summary: /"app\/terraform\.tfstate" for "key" in stacks\/app\/backend-\w+\.hcl:2/,
      hint: /take "key=…" out of `backend` here/,
    });
  });

  it("asks where they lie when the tool remembers a key that no file says, and nothing goes on without", async () => {
    repository = living(() => "");
    write(
      "stacks/net/.terraform/terraform.tfstate",
      '{\n  "backend": { "type": "s3", "config": {\n    "key": "typed/by-hand"\n  } }\n}\n',
    );
    const { notes } = validDocumentOf(await run(repository.top, [...init, "--json"]));
    expect(JSON.stringify(notes)).toContain("stacks/net/.terraform/terraform.tfstate:3 says");
    for (const command of ["check", "compile"])
      await expectFailure(repository.top, [command], {
        exit: 2,
        code: "unknown-template",
        summary: /"\{where-it-lies\}" stands for nothing here/,
        hint: /\{stack\}/,
      });
  });
});
