import { describe, expect, it } from "vitest";
import { planInit } from "../init.ts";
import { parseFlow } from "../parse.ts";
import { aRepository, bothWith, s3 } from "./a-repository.ts";

const block = (kind: string, settings: string) => `terraform {\n  backend "${kind}" {\n    ${settings}\n  }\n}\n`;
const files = (template: string, settings: (environment: string) => string) =>
  Object.fromEntries(["test", "prod"].map((name) => [template.replace("ENV", name), settings(name)]));

function planned(held: Readonly<Record<string, string>>) {
  const { text, notes, diagnostics } = planInit(aRepository(held, { owners: ["ann", "bob"], remote: null }));
  const { value: flow } = parseFlow(text, { file: "f" });
  return {
    text,
    notes,
    codes: diagnostics.filter(({ severity }) => severity === "error").map(({ code }) => code),
    entries: flow?.stacks.map(({ in: environments, backend }) => ({ in: environments, backend })),
  };
}

it("files of an environment that the preset has no place for are named", () => {
  const of = (...names: readonly string[]) =>
    planned({
      "stacks/app/main.tf": s3,
      ...Object.fromEntries(
        names.flatMap((name) => [
          [`environments/${name}/backend.hcl`, `bucket = "acme-${name}"\nkey = "app"\n`],
          [`environments/${name}/app.tfvars`, ""],
        ]),
      ),
    }).notes;
  expect(of("test", "prod")).toEqual([]);
  expect(of("dev", "stage", "prod")).toEqual([
    "The flow has stage and prod only, so these files are not used: environments/dev/backend.hcl, environments/dev/app.tfvars.",
  ]);
  expect(of("dev", "qa", "stage", "prod").join()).toMatch(/ and 1 more\.$/);
});

describe("where existing states lie", () => {
  it.each([
    {
      name: "files of settings say a key",
      held: {
        "stacks/app/main.tf": s3,
        "stacks/net/main.tf": s3,
        ...files("stacks/app/ENV.s3.tfbackend", (name) => `bucket = "acme"\nkey = "${name}/app"\n`),
        ...files("stacks/net/ENV.s3.tfbackend", (name) => `bucket = "acme"\nkey = "${name}/net"\n`),
      },
      backend: ["stacks/{stack}/{environment}.s3.tfbackend"],
    },
    {
      name: "a file of each environment says the key of the only stack among stacks",
      held: {
        "stacks/app/main.tf": s3,
        ...files(
          "environments/ENV/backend.hcl",
          (name) => `bucket = "acme-${name}"\nencrypt = true\nkey = "app.tfstate"\n`,
        ),
      },
      backend: ["environments/{environment}/backend.hcl"],
    },
    {
      name: "each backend block says a key, and a file of each environment the bucket",
      held: {
        "stacks/app/main.tf": block("s3", 'key = "app"'),
        "stacks/net/main.tf": block("s3", 'key = "net"'),
        ...files("ENV.tfbackend", (name) => `bucket = "acme-${name}"\n`),
      },
      backend: ["{environment}.tfbackend"],
    },
    {
      name: "some blocks say a prefix, and the others lie where the bucket has its default",
      held: {
        "stacks/app/main.tf": block("gcs", 'prefix = "app"'),
        "stacks/net/main.tf": block("gcs", ""),
        ...files("ENV.tfbackend", (name) => `bucket = "acme-${name}"\n`),
      },
      backend: ["{environment}.tfbackend"],
    },
    {
      name: "the only stack lies where the bucket has its default",
      held: {
        "stacks/app/main.tf": block("gcs", ""),
        ...files("ENV.tfbackend", (name) => `bucket = "acme-${name}"\n`),
      },
      backend: ["{environment}.tfbackend"],
    },
  ])("is taken over where $name", ({ held, backend }) => {
    const { entries, codes, notes } = planned(held);
    expect(entries).toEqual([{ in: ["test", "prod"], backend }]);
    expect(codes).toEqual([]);
    expect(notes).toEqual([]);
  });

  it.each([
    {
      name: "one block says one key for all environments",
      held: { "infra/main.tf": block("s3", 'bucket = "acme"\n    key = "infra.tfstate"') },
      where: '"key" in infra/main.tf:4',
    },
    {
      name: "states lie in workspaces",
      held: {
        "infra/main.tf": block("s3", 'bucket = "acme"\n    key = "infra"\n    workspace_key_prefix = "w"'),
        ...bothWith("ENV.tfvars"),
      },
      where: '"key" in infra/main.tf:4',
    },
    {
      name: "a file of settings says one key for two stacks",
      held: {
        "stacks/app/main.tf": s3,
        "stacks/net/main.tf": s3,
        ...files("ENV.tfbackend", (name) => `bucket = "acme-${name}"\nkey = "all"\n`),
      },
      where: '"key" in test.tfbackend:2',
    },
    {
      name: "a workflow gives the key",
      held: {
        "stacks/app/main.tf": s3,
        "stacks/net/main.tf": s3,
        ...files("environments/ENV/backend.hcl", (name) => `bucket = "acme-${name}"\n`),
        ".github/workflows/deploy.yml": "on: push\n      - run: terraform init -backend-config=key=$STACK/x.tfstate\n",
      },
      where: '.github/workflows/deploy.yml:2 says "key"',
    },
    {
      name: "a command gives the prefix of a bucket that has a default",
      held: {
        "infra/main.tf": block("gcs", ""),
        ...files("infra/ENV.hcl", (name) => `bucket = "acme-${name}"\n`),
        Makefile: 'init:\n\n\tterraform init -backend-config "prefix=infra"\n',
      },
      where: 'Makefile:3 says "prefix"',
    },
    {
      name: "the tool remembers a key that somebody typed",
      held: {
        "infra/main.tf": s3,
        ...bothWith("ENV.tfvars"),
        "infra/.terraform/terraform.tfstate":
          '{\n  "backend": {\n    "type": "s3", "config": {\n      "region": null,\n      "key": "infra"\n    } } }',
      },
      where: 'infra/.terraform/terraform.tfstate:5 says "key"',
    },
    {
      name: "a file of settings that is no environment's says the key",
      held: { "infra/main.tf": s3, "infra/backend.hcl": 'bucket = "acme"\nkey = "infra"\n' },
      where: 'infra/backend.hcl:2 says "key"',
    },
  ])("has to be written by people where $name, and the flow is refused until it is", ({ held, where }) => {
    const { text, codes, notes } = planned(held);
    expect(text).toMatch(/"(?:key|prefix)=\{where-it-lies\}"/);
    expect(text).toContain(`# Assumed: ${where}`);
    expect(codes).toEqual(["unknown-template"]);
    expect(notes.join()).toContain(where);
    expect(notes.join()).toContain("a plan would create everything again");
  });

  it("is named where S3 keeps them for workspaces, and the flow holds once people wrote it", () => {
    const infra = 'bucket = "acme"\n    key = "infra"\n    workspace_key_prefix = "w"';
    const { text, notes } = planned({ "infra/main.tf": block("s3", infra) });
    expect(notes.join()).toContain('"key=w/{environment}/infra"');
    const written = text.replace("key={where-it-lies}", "key=w/{environment}/infra");
    expect(parseFlow(written, { file: "f" }).diagnostics).toEqual([]);
  });

  it("is proposed where nobody says anything, with a word on what that does to states that exist", () => {
    const { entries, notes, codes } = planned({ "infra/main.tf": s3, ...bothWith("ENV.tfvars") });
    expect(entries).toEqual([{ in: ["test", "prod"], backend: ["key={environment}/terraform.tfstate"] }]);
    expect(codes).toEqual([]);
    expect(notes).toEqual([expect.stringContaining('so "key={environment}/terraform.tfstate" is proposed')]);
  });

  it("is named in one line, whatever the file is called that says it", () => {
    const { text, codes } = planned({
      "infra/main.tf": s3,
      "infra/x\nversion: 2\u2028.hcl": 'bucket = "acme"\nkey = "infra"\n',
    });
    expect(text).toContain("# Assumed: infra/x?version: 2?.hcl:2 says");
    expect(codes).toEqual(["unknown-template"]);
  });

  it("is remembered for another root module, or in what cannot be read, for nobody", () => {
    const { entries } = planned({
      "infra/main.tf": s3,
      "infra/.terraform/terraform.tfstate": "{",
      "modules/x/.terraform/terraform.tfstate": '{ "backend": { "config": { "key": "x" } } }',
      "infra/old/.terraform/terraform.tfstate": "null",
    });
    expect(entries).toEqual([{ in: ["test", "prod"], backend: ["key={environment}/terraform.tfstate"] }]);
  });

  it("is said by a file that is another group's, or by a file that is of no backend, for nobody", () => {
    const { entries } = planned({
      "infra/main.tf": s3,
      "policies/vault.hcl": 'path "secret/*" {\n  key = "x"\n}\nkey = "y"\n',
    });
    expect(entries).toEqual([{ in: ["test", "prod"], backend: ["key={environment}/terraform.tfstate"] }]);
  });

  it("stays for the environments that are there, where each pull request gets a new state", () => {
    const { entries, codes } = planned({
      "infra/main.tf": s3,
      ...Object.fromEntries(
        ["ephemeral", "test", "prod"].map((name) => [`infra/${name}.hcl`, `bucket = "acme-${name}"\nkey = "infra"\n`]),
      ),
    });
    expect(codes).toEqual([]);
    expect(entries).toEqual([
      { in: ["test", "prod"], backend: ["infra/{environment}.hcl"] },
      { in: ["ephemeral"], backend: ["infra/{environment}.hcl", "key=infra/{instance}terraform.tfstate"] },
    ]);
  });
});
