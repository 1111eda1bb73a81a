import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aRepository, bothWith, calls, s3 } from "./init/a-repository.ts";
import { planInit } from "./init.ts";
import { parseFlow } from "./parse.ts";
import { presetNames } from "./presets.ts";

describe("planInit", () => {
  it.each([
    {
      name: "a root per stack, settings per environment",
      files: {
        "stacks/app/main.tf": s3 + calls("../../modules/vpc"),
        "stacks/net/main.tf": s3,
        "modules/vpc/main.tf": "",
        ...bothWith("environments/ENV/backend.hcl"),
        ...bothWith("environments/ENV/app.tfvars"),
        ...bothWith("environments/ENV/net.tfvars"),
      },
      entries: [
        {
          root: "stacks/{stack}",
          in: ["test", "prod"],
          backend: ["environments/{environment}/backend.hcl", "key={stack}/terraform.tfstate"],
          vars: ["environments/{environment}/{stack}.tfvars"],
        },
      ],
    },
    {
      name: "one stack under stacks, settings beside it",
      files: {
        "stacks/app/main.tf": s3,
        ...bothWith("stacks/app/ENV.tfvars"),
        ...bothWith("stacks/app/ENV.s3.tfbackend"),
      },
      entries: [
        {
          root: "stacks/{stack}",
          in: ["test", "prod"],
          backend: ["stacks/{stack}/{environment}.s3.tfbackend"],
          vars: ["stacks/{stack}/{environment}.tfvars"],
        },
      ],
    },
    {
      name: "one root, a backend file and a file of variables per environment",
      files: { "infra/main.tf": s3, ...bothWith("infra/backend-ENV.hcl"), ...bothWith("environments/ENV/vars.tfvars") },
      entries: [
        {
          root: "infra",
          in: ["test", "prod"],
          backend: ["infra/backend-{environment}.hcl"],
          vars: ["environments/{environment}/vars.tfvars"],
        },
      ],
    },
    {
      name: "a root per environment, made from a module",
      files: {
        "environments/staging/main.tf": s3 + calls("../../network"),
        "environments/production/main.tf": s3,
        "network/main.tf": "",
      },
      entries: [
        { root: "environments/{environment}", name: "live", in: ["staging", "production"], backend: [], vars: [] },
      ],
    },
    {
      name: "a root per stack and environment",
      files: {
        "envs/test/net/main.tf": s3,
        "envs/test/app/main.tf": s3,
        "envs/prod/net/main.tf": s3,
        "envs/prod/app/main.tf": s3,
      },
      entries: [{ root: "envs/{environment}/{stack}", in: ["test", "prod"], backend: [], vars: [] }],
    },
    {
      name: "an environment below each stack",
      files: {
        "live/app/test/main.tf": s3,
        "live/app/prod/main.tf": s3,
        "live/net/test/main.tf": s3,
        "live/net/prod/main.tf": s3,
      },
      entries: [{ root: "live/{stack}/{environment}", in: ["test", "prod"], backend: [], vars: [] }],
    },
    {
      name: "the top of the repository as the only root",
      files: { "main.tf": s3, ...bothWith("ENV.tfvars") },
      entries: [
        {
          root: ".",
          name: "live",
          in: ["test", "prod"],
          backend: ["key={environment}/terraform.tfstate"],
          vars: ["{environment}.tfvars"],
        },
      ],
    },
    {
      name: "roots of their own, side by side with a module",
      files: {
        "tf/app/main.tf": s3 + calls("../common"),
        "tf/net/main.tf": s3,
        "tf/common/main.tf": "",
        ...bothWith("tf/app/ENV.hcl"),
        ...bothWith("tf/net/ENV.hcl"),
      },
      entries: [
        { root: "tf/app", in: ["test", "prod"], backend: ["tf/app/{environment}.hcl"], vars: [] },
        { root: "tf/net", in: ["test", "prod"], backend: ["tf/net/{environment}.hcl"], vars: [] },
      ],
    },
    {
      name: "nothing yet",
      files: { "README.md": "" },
      entries: [
        {
          root: "stacks/{stack}",
          in: ["test", "prod"],
          backend: ["environments/{environment}/backend.hcl", "key={stack}/terraform.tfstate"],
          vars: [],
        },
      ],
    },
  ])("finds $name", ({ files, entries }) => {
    const { text, diagnostics } = planInit(aRepository(files));
    expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    const { value: flow } = parseFlow(text, { file: "plangate.yaml" });
    expect(flow?.stacks.map(({ line: _, column: __, verify: ___, depends: ____, ...entry }) => entry)).toEqual(entries);
  });

  it("says in the file what it assumed", () => {
    const { text } = planInit(aRepository({ "infra/main.tf": s3 }));
    expect(text).toContain(
      '  # Assumed: no file of backend settings names an environment, so "key" tells the states apart; change it if existing state lies elsewhere.\n  - root: "infra"\n',
    );
    expect(text).toContain("  owners: [ann]   # add somebody: nobody approves what they wrote\n");
  });

  it("leaves the state's place alone where each root names its own", () => {
    const own = (key: string) => `terraform {\n  backend "s3" {\n    key = "${key}.tfstate"\n  }\n}\n`;
    const { text } = planInit(
      aRepository({
        "stacks/app/main.tf": own("app"),
        "stacks/net/main.tf": own("net"),
        "test.tfbackend": 'bucket = "acme-test"\n',
        "prod.tfbackend": 'bucket = "acme-prod"\n',
      }),
    );
    expect(text).toContain('backend: ["{environment}.tfbackend"]');
  });

  it("writes for OpenTofu where files are for it alone", () => {
    const { text, diagnostics } = planInit(aRepository({ "infra/main.tofu": s3 }));
    expect(text).toContain("\ntool: opentofu\n");
    expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  });

  it("keeps environments apart by the path of a local state, whatever files of settings there are", () => {
    const local = 'terraform {\n  backend "local" {}\n}\n';
    const { text } = planInit(
      aRepository({
        "stacks/app/main.tf": local,
        "stacks/net/main.tf": local,
        ...bothWith("environments/ENV/backend.hcl"),
      }),
    );
    expect(text).toContain('"path={environment}/{stack}.tfstate"');
  });

  it("names each stack by itself where two regions have one of the same name", () => {
    const roots = ["eu", "us"].flatMap((region) =>
      ["test", "prod"].flatMap((environment) =>
        ["app", "net"].map((stack) => [`accounts/${environment}/${region}/${stack}/main.tf`, s3]),
      ),
    );
    const { text, diagnostics } = planInit(aRepository(Object.fromEntries(roots)));
    for (const region of ["eu", "us"])
      expect(text).toContain(`  - root: "accounts/{environment}/${region}/net"\n    name: ${region}-net\n`);
    expect(diagnostics.map(({ code }) => code)).not.toContain("stack-twice");
  });

  it("names each stack by itself where a folder's name can be no stack's", () => {
    const { text, diagnostics } = planInit(
      aRepository({ "stacks/Größe eins/main.tf": s3, "stacks/app/main.tf": s3, "other/groesse-eins/main.tf": "" }),
    );
    expect(text).toContain('  - root: "stacks/Größe eins"\n    name: Grosse-eins\n');
    expect(text).toContain('  - root: "stacks/app"\n    in: [test, prod]\n');
    expect(diagnostics.map(({ code }) => code)).not.toContain("bad-stack-name");
  });

  it("names the files to be written where there is no backend", () => {
    const { text, diagnostics } = planInit(aRepository({ "infra/main.tf": "" }));
    expect(text).toContain("# Assumed: the configuration has no backend, so it needs one; write these files.");
    expect(diagnostics.filter(({ severity }) => severity === "error").map(({ code }) => code)).toEqual([
      "file-missing",
      "file-missing",
    ]);
  });

  it("notes what it left out", () => {
    const { notes } = planInit(
      aRepository(
        {
          "environments/dev/main.tf": s3,
          "environments/test/main.tf": s3,
          "environments/prod/main.tf": s3,
          "examples/basic/main.tf": "",
          "terragrunt.hcl": "",
        },
        { branches: ["main", "develop", "x"] },
      ),
    );
    expect(notes).toEqual([
      "Taken for examples and left out: examples/basic.",
      "The flow has test and prod only, so these are left out: environments/dev.",
      "Terragrunt's files are not read: terraform runs in each root module itself.",
      "This preset has main as its only long-lived branch; develop would be a branch that people work on.",
      '`repository` is written without numbers, so cloud trust goes by names. Add them: gh api repos/acme/live --jq "{ownerId: .owner.id, id: .id}"',
    ]);
  });

  it.each([
    { name: "a login", more: {}, owners: "owners: [ann]   # add somebody: nobody approves what they wrote" },
    {
      name: "an address that the forge gave",
      more: { login: null, email: "12+ann-b@users.noreply.github.com" },
      owners: "owners: [ann-b]   # add",
    },
    {
      name: "another address",
      more: { login: null, email: "ann@acme.org" },
      owners: "owners: [ann]   # assumed from ann@acme.org: put your login; add",
    },
    {
      name: "an address that gives no login",
      more: { login: null, email: "a.b@acme.org" },
      owners: "owners: [acme]   # assumed from the remote: put your login",
    },
    { name: "what they said themselves", more: { owners: ["ann", "bob"] }, owners: "owners: [ann, bob]\n" },
    {
      name: "nothing",
      more: { login: null, remote: null },
      owners: "owners: []   # nobody is known: write at least two logins",
    },
  ])("knows the owner by $name", ({ more, owners }) => {
    expect(planInit(aRepository({}, more)).text).toContain(owners);
  });

  it.each([
    { defaultBranch: "trunk/main [1]", branches: [], branch: 'match: "trunk/main \\\\[1\\\\]"' },
    { defaultBranch: null, branches: ["master"], branch: "except: [master]" },
    { defaultBranch: null, branches: [], branch: "except: [main]" },
  ])("takes $defaultBranch or one of $branches for the trunk", ({ branch, ...more }) => {
    const { text, diagnostics } = planInit(aRepository({}, more));
    expect(text).toContain(branch);
    expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  });

  it("writes a file that reads, whatever the repository is called and holds", () => {
    const folder = fc.constantFrom(
      "stacks",
      "modules",
      "envs",
      "test",
      "prod",
      "app",
      "live",
      "a b",
      "{x}",
      "2024",
      "environments",
      "staging",
    );
    const path = fc
      .tuple(fc.array(folder, { maxLength: 4 }), fc.constantFrom("main.tf", "test.tfvars", "prod.tfvars", "prod.hcl"))
      .map(([folders, file]) => [...folders, file].join("/"));
    const text = fc.constantFrom(
      "",
      s3,
      calls("../app"),
      calls("./modules/x"),
      '"',
      "<<EOT\nx",
      "/*",
      "terraform {",
      "}}}",
    );
    const files = fc.dictionary(path, text, { maxKeys: 8 });
    const word = fc.oneof(
      fc.string({ unit: "binary", maxLength: 12 }),
      fc.constantFrom("true", "2024", "x: y", "[", "main"),
    );
    const branches = fc.subarray(["main", "develop", "dev", "development", "dev/x"]);
    fc.assert(
      fc.property(
        files,
        word,
        word,
        fc.tuple(fc.constantFrom(...presetNames), branches),
        (held, name, branch, [preset, others]) => {
          const found = aRepository(held, {
            remote: null,
            folder: name,
            defaultBranch: branch,
            branches: others,
            login: null,
            email: `${name}@x`,
          });
          const { diagnostics } = planInit(found, preset);
          return diagnostics.every(
            ({ code }) => !code.startsWith("yaml") && code !== "unknown-key" && code !== "wrong-type",
          );
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
