import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { proposePreset } from "./init/branch-names.ts";
import { readConfiguration } from "./init/configuration.ts";
import { type Found, planInit } from "./init.ts";
import { parseFlow } from "./parse.ts";
import { presetNames, presets } from "./presets.ts";
import { stacksIn } from "./stacks.ts";

const s3 = 'terraform {\n  backend "s3" {}\n}\n';
const calls = (...sources: readonly string[]) =>
  sources.map((source, index) => `module "m${index}" {\n  source = "${source}"\n}\n`).join("");

/** A repository with these files, where two people are known to nobody but `ann`. */
function aRepository(files: Readonly<Record<string, string>>, more: Partial<Found> = {}): Found {
  return {
    paths: Object.keys(files),
    configuration: Object.fromEntries(Object.entries(files).filter(([path]) => path.endsWith(".tf"))),
    branches: ["main"],
    defaultBranch: null,
    login: "ann",
    owners: [],
    environments: [],
    email: null,
    remote: { owner: "acme", name: "live" },
    folder: "live",
    tool: "terraform",
    ...more,
  };
}

const bothWith = (template: string) => ({
  [template.replace("ENV", "test")]: "",
  [template.replace("ENV", "prod")]: "",
});

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
    const own = 'terraform {\n  backend "s3" {\n    key = "app.tfstate"\n  }\n}\n';
    const { text } = planInit(
      aRepository({ "stacks/app/main.tf": own, "stacks/net/main.tf": own, ...bothWith("ENV.tfbackend") }),
    );
    expect(text).toContain('backend: ["{environment}.tfbackend"]');
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

  it.each(presetNames)("writes %s for one root, and for a root per stack, with nothing left to add", (preset) => {
    const names = presets[preset].environments;
    const perEnvironment = (template: string) =>
      Object.fromEntries(names.map((name) => [template.replace("ENV", name), ""]));
    const zones = { "infra/variables.tf": 'variable "az_count" {\n  type = number\n}\n' };
    const one = {
      "infra/main.tf": s3,
      ...zones,
      ...perEnvironment("infra/backend-ENV.hcl"),
      ...perEnvironment("environments/ENV/vars.tfvars"),
    };
    const each = {
      "stacks/app/main.tf": s3,
      "stacks/net/main.tf": s3,
      ...perEnvironment("environments/ENV/backend.hcl"),
      ...perEnvironment("environments/ENV/app.tfvars"),
      ...perEnvironment("environments/ENV/net.tfvars"),
    };
    for (const [files, stacks] of [
      [one, ["infra"]],
      [each, ["app", "net"]],
    ] as const) {
      const found = aRepository(files, { branches: ["main", "develop", "development"], owners: ["ann", "bob"] });
      const { text, diagnostics, environments } = planInit(found, preset);
      expect(diagnostics).toEqual([]);
      expect(environments).toEqual(names);
      const flow = parseFlow(text, { file: "f" }).value;
      const made = flow === undefined ? [] : (stacksIn(flow, found.paths).value ?? []);
      expect(made.map(({ name }) => name).toSorted()).toEqual(
        names.flatMap((name) => stacks.map((stack) => `${name}/${stack}`)).toSorted(),
      );
    }
  });

  it.each([
    { preset: "gitflow" as const, paths: ["dev", "staging", "production"], names: ["dev", "staging", "production"] },
    { preset: "gitflow" as const, paths: ["test", "prod"], names: ["dev", "test", "prod"] },
    { preset: "gitflow" as const, paths: ["dev", "prod"], names: ["dev", "stage", "prod"] },
    { preset: "trunk-demo" as const, paths: ["dev", "prod"], names: ["dev", "prod"] },
    { preset: "trunk-stored-plan" as const, paths: ["preview", "qa", "prd"], names: ["preview", "qa", "prd"] },
    { preset: "trunk-stored-plan" as const, paths: ["qa", "prd"], names: ["qa", "prd"] },
  ])("calls the environments of $preset $names where there are files for $paths", ({ preset, paths, names }) => {
    const files = Object.fromEntries(paths.map((name) => [`environments/${name}/backend.hcl`, ""]));
    const { environments, diagnostics } = planInit(aRepository({ "stacks/app/main.tf": s3, ...files }), preset);
    expect(environments).toEqual(names);
    // What is missing is told by its path, and nothing else is.
    const missing = names.filter((name) => !paths.includes(name));
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    expect(errors.map(({ summary }) => summary)).toEqual(
      missing.map((name) => `${name}/app needs environments/${name}/backend.hcl, which is not in Git.`),
    );
  });

  it("takes the names of environments as given, with or without the ephemeral one", () => {
    const named = (...environments: string[]) =>
      planInit(aRepository({ "stacks/app/main.tf": s3 }, { environments })).environments;
    expect(named("int", "live")).toEqual(["int", "live"]);
    expect(named("pr", "int", "live")).toEqual(["pr", "int", "live"]);
  });

  it("gives each pull request a state where there is an environment for each", () => {
    const { text } = planInit(
      aRepository({ "infra/main.tf": s3, ...bothWith("infra/ENV.hcl"), "infra/ephemeral.hcl": "" }),
    );
    expect(text).toContain('    backend: ["infra/{environment}.hcl", "key=infra/{instance}terraform.tfstate"]\n');
    expect(text).toContain("\n  ephemeral: { kind: ephemeral");
  });

  it("leaves the ephemeral environment as a comment where there is no place for it", () => {
    const { text } = planInit(aRepository({ "infra/main.tf": s3, ...bothWith("infra/ENV.hcl") }));
    expect(text).toContain("\n  # ephemeral: { kind: ephemeral");
    expect(text).toContain("\n  # - { on: pull_request, into: main, in: ephemeral");
  });

  it.each([
    { branches: ["main"], preset: "trunk-stored-plan" },
    { branches: ["main", "develop"], preset: "gitflow" },
    { branches: ["main", "dev"], preset: "gitflow" },
    { branches: ["main", "dev/add-logging"], preset: "gitflow" },
    { branches: ["main", "development", "feature/1"], preset: "integration-branch" },
    { branches: ["main", "feature/develop", "devops"], preset: "trunk-stored-plan" },
  ])("proposes $preset where there is $branches", ({ branches, preset }) => {
    expect(proposePreset({ branches, defaultBranch: null })).toBe(preset);
  });

  it.each([
    {
      branches: ["main", "develop"],
      defaultBranch: "develop",
      lines: ["  develop: { accepts: [dev]", "  main: { accepts: [develop]"],
    },
    {
      branches: ["master", "dev"],
      defaultBranch: null,
      lines: ['  dev: { match: "feature/**"', "  develop: { match: dev, accepts", "  main: { match: master, accepts"],
    },
    {
      branches: ["trunk", "development"],
      defaultBranch: "trunk",
      lines: ["  develop: { match: development, accepts", "  main: { match: trunk, accepts"],
    },
  ])("calls the branches of gitflow as $branches are", ({ lines, ...more }) => {
    const { text, diagnostics } = planInit(aRepository({}, { ...more, owners: ["ann", "bob"] }), "gitflow");
    expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    for (const line of lines) expect(text).toContain(`\n${line}`);
  });

  it("names a missing branch, and expects zones only where a variable counts them", () => {
    const { text, notes } = planInit(aRepository({}), "integration-branch");
    expect(notes).toContain("There is no branch development yet: make it from main, and open pull requests into it.");
    expect(text).not.toContain("expect: { az_count: 3 } }");
  });

  it("writes who the repository is, and why its numbers matter", () => {
    const { text } = planInit(aRepository({}));
    expect(text).toContain('repository: { owner: "acme", name: "live" }\n');
    expect(text).toContain("a name can come free and be taken by somebody else");
    expect(planInit(aRepository({}, { remote: { owner: "a/b", name: "c" } })).text).not.toContain("repository:");
  });

  it("takes a team for the people", () => {
    expect(planInit(aRepository({}, { owners: ["acme/network"] })).text).toContain('  owners: "acme/network"\n');
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

describe("readConfiguration", () => {
  it("reads backends and modules past comments, texts and heredocs", () => {
    const text = `# terraform { backend "wrong" {} }
/* module "no" { source = "./no" } */
locals { text = "module \\"no\\" { source = \\"./no\\" }" }
resource "x" "y" {
  script = <<-EOT
    terraform { backend "wrong" {} }
  EOT
  nested { source = "./no" }
}
terraform {
  required_version = ">= 1.0"
  backend "s3" {
    bucket = "b" // key = "no"
    region = "r"
  }
}
module "yes" {
  source  = "../modules/yes"
  version = "1"
}
module "remote" { source = "git::https://example.com/x.git" }
`;
    expect(
      readConfiguration({
        "stacks/app/main.tf": text,
        "stacks/app/other.tf": calls("./inner"),
        "top.tf": "terraform {\n  cloud {}\n}",
      }),
    ).toEqual([
      { folder: ".", backend: "cloud", settings: [], calls: [] },
      {
        folder: "stacks/app",
        backend: "s3",
        settings: ["bucket", "region"],
        calls: ["stacks/modules/yes", "stacks/app/inner"],
      },
    ]);
  });
});
