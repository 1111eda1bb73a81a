import { describe, expect, it } from "vitest";
import { parseFlow } from "./parse.ts";
import { shortFlow } from "./short-flow.ts";
import { stackNameOf } from "./stack-name.ts";
import { stacksIn } from "./stacks.ts";
import { fill, wordsOf } from "./templates.ts";

/** The stacks of the short flow with other entries under `stacks`. */
function listed(stacks: string, paths: readonly string[]) {
  const text = shortFlow.replace(/stacks:\n.*\n/, () => `stacks:\n${stacks}\n`);
  const { value: flow, diagnostics } = parseFlow(text, { file: "plangate.yaml" });
  if (flow === undefined) throw new Error(JSON.stringify(diagnostics));
  const found = stacksIn(flow, paths);
  return {
    stacks: (found.value ?? []).map(({ name, root }) => `${name} = ${root}`),
    said: found.diagnostics.map(
      ({ line, column, severity, code, summary }) => `${line}:${column} ${severity} ${code}: ${summary}`,
    ),
    value: found.value,
  };
}

const each =
  '  - { root: "stacks/{stack}", in: [test, prod], backend: ["{environment}.hcl"], vars: ["{environment}/{stack}.tfvars"] }';
const settings = ["test.hcl", "prod.hcl"];

describe("stacksIn", () => {
  it("gives a stack per folder and environment, with every template filled in", () => {
    const paths = [...settings, "stacks/app/main.tf", "test/app.tfvars", "prod/app.tfvars", "modules/vpc/main.tf"];
    const { value, said } = listed(each.replace("] }", '], verify: ["./smoke {environment}/{stack}"] }'), paths);
    expect(said).toEqual([]);
    expect(value).toEqual([
      {
        name: "prod/app",
        environment: "prod",
        instance: null,
        root: "stacks/app",
        backend: ["prod.hcl"],
        varFiles: ["prod/app.tfvars"],
        verify: [["./smoke", "prod/app"]],
        depends: [],
      },
      {
        name: "test/app",
        environment: "test",
        instance: null,
        root: "stacks/app",
        backend: ["test.hcl"],
        varFiles: ["test/app.tfvars"],
        verify: [["./smoke", "test/app"]],
        depends: [],
      },
    ]);
  });

  it.each([
    {
      name: "takes one folder for {stack}, not several, and none without configuration",
      stacks: '  - { root: "stacks/{stack}", in: [test, prod], backend: ["key={environment}/{stack}"] }',
      paths: [
        "stacks/a/main.tf",
        "stacks/a/deep/main.tf",
        "stacks/b/README.md",
        "stacks/c/x.tf.json",
        "stacks/main.tf",
      ],
      given: ["prod/a = stacks/a", "prod/c = stacks/c", "test/a = stacks/a", "test/c = stacks/c"],
      said: [],
    },
    {
      name: "takes a root for each environment, under one name",
      stacks: '  - { root: "environments/{environment}", name: app, in: [test, prod] }',
      paths: ["environments/test/main.tf", "environments/prod/main.tf"],
      given: ["prod/app = environments/prod", "test/app = environments/test"],
      said: [],
    },
    {
      name: "names the stacks of a plain root after its folder",
      stacks: '  - { root: infra/network, in: [test, prod], backend: ["{environment}.hcl"] }',
      paths: [...settings, "infra/network/main.tf"],
      given: ["prod/network = infra/network", "test/network = infra/network"],
      said: [],
    },
    {
      name: "takes the top of the repository",
      stacks: '  - { root: ., name: site, in: [test, prod], backend: ["{environment}.hcl"] }',
      paths: [...settings, "main.tf"],
      given: ["prod/site = .", "test/site = ."],
      said: [],
    },
    {
      name: "finds {stack} inside a folder's name",
      stacks: '  - { root: "tf-{stack}/{environment}", in: [test, prod] }',
      paths: ["tf-app/test/main.tf", "tf-app/prod/main.tf", "other/test/main.tf"],
      given: ["prod/app = tf-app/prod", "test/app = tf-app/test"],
      said: [],
    },
    {
      name: "says which root is missing",
      stacks: '  - { root: "environments/{environment}", name: app, in: [test, prod] }',
      paths: ["environments/test/main.tf"],
      given: ["test/app = environments/test"],
      said: ["9:5 error root-missing: environments/prod holds no configuration, so prod has no such stack."],
    },
    {
      name: "says that a pattern gives nothing",
      stacks: each,
      paths: [],
      given: [],
      said: ['9:5 warning no-stack: "stacks/{stack}" gives no stack: no such folder holds configuration.'],
    },
    {
      name: "says which files are not in Git",
      stacks: each,
      paths: ["test.hcl", "stacks/app/main.tf", "prod/app.tfvars"],
      given: ["prod/app = stacks/app", "test/app = stacks/app"],
      said: [
        "9:5 error file-missing: test/app needs test/app.tfvars, which is not in Git.",
        "9:5 error file-missing: prod/app needs prod.hcl, which is not in Git.",
      ],
    },
    {
      name: "says that a folder cannot give a name",
      stacks: '  - { root: "stacks/{stack}", in: [test, prod], backend: ["key={environment}/{stack}"] }',
      paths: ["stacks/_shared/main.tf"],
      given: [],
      said: [
        '9:5 error bad-stack-name: The folder "stacks/_shared" cannot give a stack its name.',
        '9:5 error bad-stack-name: The folder "stacks/_shared" cannot give a stack its name.',
      ],
    },
    {
      name: "says that two entries give one name",
      stacks: `${each.replace(', vars: ["{environment}/{stack}.tfvars"]', "")}\n  - { root: legacy/app, in: [prod], backend: ["legacy.hcl"] }`,
      paths: [...settings, "legacy.hcl", "stacks/app/main.tf", "legacy/app/main.tf"],
      given: ["prod/app = stacks/app", "test/app = stacks/app"],
      said: ["10:5 error stack-twice: prod/app is given twice: by legacy/app, and by stacks/app, in line 9."],
    },
    {
      name: "says that two entries give one state",
      stacks: `${each.replace(', vars: ["{environment}/{stack}.tfvars"]', "")}\n  - { root: stacks/app, name: copy, in: [prod], backend: ["{environment}.hcl"] }`,
      paths: [...settings, "stacks/app/main.tf"],
      given: ["prod/app = stacks/app", "test/app = stacks/app"],
      said: [
        "10:5 error state-shared: prod/copy and prod/app would share one state: both are stacks/app with the same backend settings.",
      ],
    },
  ])("$name", ({ stacks, paths, given, said }) => {
    const found = listed(stacks, paths);
    expect(found.stacks).toEqual(given);
    expect(found.said).toEqual(said);
  });

  it("lists thousands of stacks at once", () => {
    const roots = Array.from({ length: 5_000 }, (_, index) => `stacks/s${index}/main.tf`);
    const { stacks, said } = listed(
      '  - { root: "stacks/{stack}", in: [test, prod], backend: ["key={environment}/{stack}"] }',
      roots,
    );
    expect(stacks).toHaveLength(10_000);
    expect(said).toEqual([]);
  });
});

describe("stackNameOf", () => {
  it.each([
    [{ root: "infra" }, "infra"],
    [{ root: "live/{environment}/network" }, "network"],
    [{ root: "network/{environment}" }, "network"],
    [{ root: "network/{environment}", name: "net" }, "net"],
    [{ root: "." }, undefined],
    [{ root: "{environment}" }, undefined],
  ])("%j gives %s", (pattern, name) => {
    expect(stackNameOf(pattern)).toBe(name);
  });
});

describe("templates", () => {
  it("finds every word, and a brace without a partner", () => {
    expect(wordsOf("a/{stack}-{environment}.x")).toEqual([
      { word: "stack", index: 2 },
      { word: "environment", index: 10 },
    ]);
    expect(wordsOf("a/{stack")).toEqual([{ word: "{stack", index: 2 }]);
    expect(wordsOf("a}b")).toEqual([{ word: "}b", index: 1 }]);
  });

  it("fills in what it knows, once", () => {
    expect(fill("{environment}/{stack}{instance}", { environment: "{stack}", stack: "app", instance: "" })).toBe(
      "{stack}/app",
    );
    expect(fill("{constructor}", {})).toBe("{constructor}");
  });
});
