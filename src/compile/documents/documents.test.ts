import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { about, edited, flowOf } from "../../../test/compile/flow-under-test.ts";
import { ownersOf, parseCodeOwners } from "../../domain/code-owners.ts";
import type { Login } from "../../domain/names.ts";
import { sectionsOf } from "../../domain/sections.ts";
import { type Flow, presetNames, renderPreset } from "../../flow/index.ts";
import { fullFlow } from "../../testing/full-flow.ts";
import { compileWorkflows } from "../workflows/index.ts";
import { compileCodeOwners, ownersTaken, trustedPaths } from "./code-owners.ts";
import { compileDocuments } from "./index.ts";

const textsOf = (flow: Flow, more: Partial<typeof about> = {}) =>
  Object.fromEntries(
    [...Map.groupBy(compileDocuments(flow, { ...about, ...more }).files, ({ path }) => path)].map(([path, files]) => [
      path,
      files.map(({ text }) => text).join("\n"),
    ]),
  );
const textOf = (flow: Flow, path: string, more: Partial<typeof about> = {}) => textsOf(flow, more)[path] ?? "";
const codes = (flow: Flow) => compileDocuments(flow, about).diagnostics.map(({ code }) => code);
const full = flowOf(fullFlow);

/** The part of a document from a heading on; what stands before it has a golden file of its own. */
const from = (text: string, heading: string) => text.slice(text.indexOf(heading));

describe.each([...presetNames, "full"] as const)("the documents of %s", (name) => {
  const flow = name === "full" ? full : flowOf(renderPreset(name));

  it("are what a reviewer expects", async () => {
    const texts = textsOf(flow);
    expect(Object.keys(texts).sort()).toEqual([
      ".github/CODEOWNERS",
      ".github/pull_request_template.md",
      "docs/delivery.md",
      "docs/local-development.md",
    ]);
    await expect(texts[".github/CODEOWNERS"]).toMatchFileSnapshot(`expected/${name}/CODEOWNERS`);
    await expect(texts[".github/pull_request_template.md"]).toMatchFileSnapshot(
      `expected/${name}/pull_request_template.md`,
    );
    await expect(texts["docs/local-development.md"]).toMatchFileSnapshot(`expected/${name}/local-development.md`);
    const held = from(texts["docs/delivery.md"] ?? "", "## Where each rule is held");
    await expect(held).toMatchFileSnapshot(`expected/${name}/where-each-rule-is-held.md`);
  });

  it("are the same each time", () => expect(textsOf(flow)).toEqual(textsOf(flow)));

  it("show the very commands of the workflows, each of them", () => {
    const document = textOf(flow, "docs/local-development.md");
    const change = compileWorkflows(flow, about).files.filter(({ text }) => text.includes(" ci touched"));
    const commands = change
      .flatMap(({ text }) => [
        ...text.matchAll(
          / (?:ci (?:touched|check-files [a-z]+|hand-over|check)|-C "\$GITHUB_WORKSPACE" compile --check)$/gm,
        ),
      ])
      .map(([command]) => `npx --yes plangate@${about.version}${command}`);
    expect(commands.length).toBeGreaterThan(2);
    for (const command of commands) expect(document).toContain(`\`${command}\``);
  });
});

describe("owners of code", () => {
  it("are those whose reviews a branch asks for, for everything, where it asks for owners", () => {
    const lines = parseCodeOwners(textOf(edited("integration-branch"), ".github/CODEOWNERS"));
    expect(ownersOf(lines, "anything/at/all.tf")).toMatchObject([{ login: "ann" }, { login: "bob" }]);
  });

  it("own what stacks are made from, where none does", () => {
    const lines = parseCodeOwners(textOf(edited("gitflow"), ".github/CODEOWNERS"));
    expect(ownersOf(lines, "stacks/network/main.tf")).not.toEqual([]);
    expect(ownersOf(lines, "environments/prod/backend.hcl")).not.toEqual([]);
    expect(ownersOf(lines, "README.md")).toEqual([]);
  });

  it("own nothing that stacks are made from where the default branch takes anybody's review", () => {
    const lines = parseCodeOwners(
      textOf(edited("gitflow", ["reviews: { count: 1, by: devops }", "reviews: { count: 1 }"]), ".github/CODEOWNERS"),
    );
    expect(ownersOf(lines, "stacks/network/main.tf")).toEqual([]);
    expect(ownersOf(lines, ".github/workflows/plangate.yml")).toMatchObject([{ login: "ann" }, { login: "bob" }]);
  });

  it("are the reviewers of the default branch alone where others review another", () => {
    const flow = edited("gitflow", [
      "merge: squash, reviews: { count: 1 }",
      "merge: squash, reviews: { count: 1, by: [eve, dan] }",
    ]);
    expect(textOf(flow, ".github/CODEOWNERS")).not.toMatch(/eve|dan/);
    expect(codes(flow)).not.toContain("code-owners-differ");
  });

  it("are told to be different for branches, and to be missing", () => {
    const asking = (...people: readonly (readonly string[] | null)[]): Flow => {
      const flow = edited("gitflow");
      const nobody = flow.environments.map((environment) => ({ ...environment, approvals: null }));
      const branches = flow.branches.map((branch, index) => {
        const logins = people[index];
        const by = logins == null ? null : { teams: [], logins: logins as readonly Login[] };
        return { ...branch, reviews: logins === undefined ? null : { count: 1, by, codeOwners: true } };
      });
      return { ...flow, environments: nobody, gates: [], branches };
    };
    expect(codes(asking(["ann"], ["bob"]))).toEqual(["code-owners-differ"]);
    expect(codes(asking(["ann", "bob"], ["bob", "ann"]))).toEqual([]);
    const nobody = asking(null);
    expect(codes(nobody)).toEqual(["code-owners-unknown"]);
    expect(textsOf(nobody)).not.toHaveProperty([".github/CODEOWNERS"]);
  });

  it("always own what governs delivery, whatever people write around the region", () => {
    const compiled =
      compileCodeOwners(edited("gitflow"), about).files.find(({ place }) => place === "last")?.text ?? "";
    const region = `# plangate:begin codeowners-last\n${compiled}# plangate:end codeowners-last\n`;
    const paths = [".github/workflows/tests.yml", "src/main.ts"];
    const taken = (text: string) =>
      ownersTaken({ text, compiled, flowFile: about.flowFile, paths }).map(({ line, code }) => `${code} ${line}`);
    expect(taken(region)).toEqual([]);
    expect(taken(`* @eve\n/.github/ @eve\n${region}`)).toEqual([]);
    expect(taken(`${region}/docs/ @eve\n/.github/ @ann\n/main.ts @eve\n`)).toEqual([]);
    const below = region.split("\n").length;
    for (const line of [
      "* @eve",
      "/.github/ @ann @eve",
      ".github/workflows/",
      "/.github/workflows/not-there-yet.yml @eve",
      "**/.github/actions/ @eve",
      "tests.yml @eve",
      "keys.json @eve",
      "*.yaml @eve",
      "plangate.yaml",
    ])
      expect(taken(`${region}${line}\n`), line).toEqual([`code-owners-taken ${below}`]);
  });

  it("are nobody but those whom the flow names, whatever paths it has", () => {
    const piece = fc.constantFrom(
      " ",
      "@eve",
      "#",
      "[a]",
      "!",
      "*",
      "**",
      "?",
      "é",
      "x",
      "{stack}",
      "\t",
      "\u2028",
      "-",
    );
    const path = fc
      .array(
        fc.array(piece, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("")),
        { minLength: 1, maxLength: 3 },
      )
      .map((folders) => folders.join("/"));
    fc.assert(
      fc.property(path, path, (root, flowFile) => {
        const stacks = full.stacks.map((stack) => ({ ...stack, root, depends: [root] }));
        const by = { teams: ["owners"], logins: [] };
        const reviews = (name: string) => (name === "main" ? { count: 1, by, codeOwners: false } : null);
        const branches = full.branches.map((one) => ({ ...one, reviews: reviews(one.name) }));
        const flow = { ...full, stacks, branches };
        const text = compileCodeOwners(flow, { ...about, flowFile })
          .files.map((file) => file.text)
          .join("\n");
        const written = text.split("\n").filter((line) => line !== "" && !line.startsWith("# "));
        const lines = parseCodeOwners(text);
        expect(lines.length).toBe(written.length);
        for (const { owners } of lines) expect(JSON.stringify(owners)).not.toContain("eve");
        for (const trusted of trustedPaths({ flowFile })) expect(ownersOf(lines, trusted), trusted).not.toEqual([]);
        expect(ownersOf(lines, root.replaceAll("{stack}", "net").concat("/main.tf"))).not.toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

describe("the template of pull requests", () => {
  const sectioned = (...sections: readonly string[]): Flow => ({ ...full, require: { ...full.require, sections } });

  it("has what the flow asks for, empty, so that whoever writes nothing has said nothing", () => {
    const text = textOf(sectioned("why", "rollback"), ".github/pull_request_template.md");
    expect(sectionsOf(text)).toEqual(expect.not.arrayContaining(["why", "rollback"]));
    const filled = text
      .replace("## Why\n", "## Why\n\nIt was slow.\n")
      .replace("## Rollback\n", "## Rollback\n\nRevert.\n");
    expect(sectionsOf(filled)).toEqual(expect.arrayContaining(["why", "rollback"]));
  });

  it("keeps hostile headings inert, and says which of them it cannot hold", () => {
    const hostile = [
      "<img src=x>",
      "a\n# plangate:end x",
      "[x](https://evil.example)",
      "@acme/all why",
      "<!-- why",
      "`x`",
    ];
    const text = textOf(sectioned(...hostile), ".github/pull_request_template.md");
    expect(text).not.toMatch(/(?<!\\)(?:<img|\]\()|https:\/\/|@\w|^# /m);
    expect(text.match(/<!--/g)).toHaveLength(text.match(/-->/g)?.length ?? 0);
    expect(codes(sectioned("why (really)", "why"))).toEqual(["section-not-shown"]);
  });
});

it("names of workflows, jobs, releases and values are inert in documents", () => {
  const odd = "x | <img src=x onerror=1> [a](https://evil.example) @acme/all `y` --> <!-- plangate:end delivery -->";
  const flow: Flow = {
    ...full,
    when: full.when.map((row) => (row.on === "dispatch" ? { ...row, job: odd } : row)),
    releases: full.releases.map((release) => ({ ...release, tag: odd })),
    allow: { ...full.allow, providers: [odd] },
  };
  for (const [path, text] of Object.entries(textsOf(flow))) {
    const spoken = text.replaceAll(/```[\s\S]*?```/g, "").replaceAll(/(`+)[^`\n][^\n]*?(?<!`)\1(?!`)/g, "");
    expect(spoken, path).not.toMatch(/(?<!\\)(?:<img|\]\()|https:\/\/evil|@acme\/all/);
  }
  const rows = from(textOf(flow, "docs/delivery.md"), "| of |").trimEnd().split("\n");
  for (const row of rows) expect(row.replaceAll(/\\\|/g, "").match(/\|/g)).toHaveLength(4);
});
