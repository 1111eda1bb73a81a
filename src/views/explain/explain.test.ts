import { describe, expect, it } from "vitest";
import type { Flow } from "../../flow/index.ts";
import { parseFlow, presetNames, renderPreset } from "../../flow/index.ts";
import { renderExplanation } from "./explain.ts";
import { matrixOf } from "./matrix.ts";
import { renderMermaid } from "./mermaid.ts";
import { renderPicture } from "./picture.ts";

function flowOf(text: string): Flow {
  const { value, diagnostics } = parseFlow(text, { file: "plangate.yaml" });
  if (value === undefined) throw new Error(JSON.stringify(diagnostics));
  return value;
}

/** Says everything that a flow file can say at least once. */
const full = flowOf(`version: 1
host: server
assurance: team
tool: opentofu
teams:
  owners: [ann, bob, cem]
  devops: acme/devops
branches:
  dev: { match: ["dev/**", "feature/*"], except: [dev/old], cutFrom: main, issue: required }
  main: { accepts: [dev], merge: [squash, rebase], reviews: { count: 2, by: owners } }
environments:
  dev: { kind: dev, appliesFrom: [dev, main], destroyable: true, variables: [REGION] }
  stage: { kind: stage, appliesFrom: [main], approvals: { count: 1, by: devops, notBy: [], because: "there is one of us" } }
  prod: { kind: prod, appliesFrom: [release], approvals: { count: 2, by: [ann, bob, cem] }, after: [stage] }
stacks:
  - { root: "stacks/{stack}", in: [dev, stage, prod], backend: ["{environment}.hcl", "key={stack}"], vars: ["{environment}.tfvars"], verify: ["./smoke.sh {environment}"] }
  - { root: "base/{environment}", name: ground, in: [dev] }
releases:
  - { id: release, tag: "v{version}", from: main }
when:
  - { on: pull_request, into: main, in: stage, do: [check, plan, comment] }
  - { on: merge, into: main, in: stage, do: [apply] }
  - { on: merge, into: main, in: prod, do: [plan] }
  - { on: dispatch, job: Try, ref: dev, in: dev, do: [plan, apply] }
  - { on: dispatch, job: Release, do: [release], needs: [stage applied, prod planned] }
  - { on: dispatch, job: Deploy, in: prod, do: [apply] }
apply: { ifStateMoved: ask-again, maxAge: 3d }
allow: { providers: [hashicorp/aws], provisioners: [local-exec], externalData: true }
`);

describe.each(presetNames)("the preset %s, explained", (name) => {
  const flow = flowOf(renderPreset(name));

  it("reads as its document", async () => {
    await expect(`${renderExplanation(flow)}\n`).toMatchFileSnapshot(`expected/${name}.md`);
  });

  it("looks as it should on a wall", async () => {
    await expect(renderPicture(flow)).toMatchFileSnapshot(`expected/${name}.svg`);
  });
});

/** Each place of the flow as used with something else in it, named by its path. */
function* altered(value: unknown, path: string): Generator<readonly [path: string, value: unknown]> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      yield [`${path}[${index}] gone`, value.filter((_, at) => at !== index)];
      for (const [where, other] of altered(item, `${path}[${index}]`)) yield [where, value.with(index, other)];
    }
  } else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      // Where an entry stands in its file is no rule.
      if (key === "line" || key === "column") continue;
      for (const [where, other] of altered(item, `${path}.${key}`)) yield [where, { ...value, [key]: other }];
    }
  } else if (typeof value === "boolean") yield [path, !value];
  else if (typeof value === "number") yield [path, value + (value > 1000 ? 3_600_000 : 1)];
  else if (typeof value === "string") yield [path, others[value] ?? `${value}x`];
}

/** Words of a fixed list are exchanged for others of it. */
const others: Readonly<Record<string, string>> = {
  opentofu: "terraform",
  server: "actions",
  team: "regulated",
  squash: "merge",
  rebase: "fast-forward",
  required: "optional",
  optional: "required",
  dev: "stage",
  stage: "prod",
  prod: "test",
  merge: "pull_request",
  pull_request: "merge",
  dispatch: "schedule",
  applied: "planned",
  planned: "applied",
  writers: "triggerer",
  triggerer: "writers",
  "ask-again": "fail",
  stored: "fresh",
  check: "plan",
  plan: "check",
  comment: "check",
  gate: "check",
  apply: "check",
  verify: "check",
  release: "check",
};

/** The sentences alone: what the table or the diagram says does not count. */
function wordsOf(flow: Flow): string {
  return renderExplanation(flow).replace(/## The trigger matrix[\s\S]*?(?=## Who may go where)/, "");
}

describe("every rule is in the words", () => {
  const cases = [...altered(full, "flow")] as unknown as readonly (readonly [string, Flow])[];
  const before = wordsOf(full);

  it("looks at everything that a flow says", () => expect(cases.length).toBeGreaterThan(150));

  it.each(cases)("%s changes them", (_, flow) => {
    expect(wordsOf(flow)).not.toBe(before);
  });
});

describe("what comes from the file stays text", () => {
  const hostile = '<script>alert(1)</script> & "quoted" ](http://x) | `tick`';
  const gate = { count: 1, by: { teams: [], logins: [] }, notBy: [], because: hostile };
  const flow: Flow = {
    ...full,
    environments: full.environments.map((environment) => ({ ...environment, approvals: gate })),
    when: full.when.map((row) => ({ ...row, job: row.job === null ? null : hostile })),
    stacks: full.stacks.map((stack) => ({ ...stack, root: hostile })),
  };

  it("in Markdown", () => {
    const text = renderExplanation(flow);
    expect(text.replaceAll(/(`+)[^\n]*?[^`]\1(?!`)/g, "")).not.toMatch(/(?<!\\)<script|(?<!\\)\]\(http/);
  });

  it("in a Mermaid label", () => {
    const labels = [...renderMermaid(flow).matchAll(/"([^"]*)"/g)].map(([, label]) => label ?? "");
    expect(labels.length).toBeGreaterThan(10);
    for (const label of labels) expect(label).not.toMatch(/[<>`|[\]]/);
  });

  it("in the picture, which is well-formed", () => {
    const svg = renderPicture(flow);
    expect(svg).not.toContain("<script");
    expect(unclosed(svg)).toEqual([]);
  });
});

describe("the picture", () => {
  it.each(presetNames)("of %s is well-formed and says in words what it shows", (name) => {
    const svg = renderPicture(flowOf(renderPreset(name)));
    expect(unclosed(svg)).toEqual([]);
    expect(svg).toMatch(/role="img" aria-labelledby="title desc"/);
    expect(/<desc[^>]*>([^<]*)</.exec(svg)?.[1]?.length).toBeGreaterThan(200);
    expect(svg).toContain("prefers-color-scheme: dark");
  });

  it("names every branch, release and environment, who is asked, and every step", () => {
    const words = renderPicture(full).replaceAll(/<(?:desc|style)[\s\S]*?<\/(?:desc|style)>|<[^>]*>/g, " ");
    for (const word of ["dev", "main", "release", "stage", "prod", "Try", "Release", "Deploy", "2 reviews by owners"])
      expect(words).toContain(word);
    for (const { do: steps } of full.when) for (const step of steps) expect(words).toContain(step);
    expect(words).toMatch(/2 approvals by/);
  });

  it("puts no two cards over each other", () => {
    const cards = [
      ...renderPicture(full).matchAll(
        /<rect class="card[^"]*" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g,
      ),
    ].map(([, ...box]) => box.map(Number) as [number, number, number, number]);
    expect(cards.length).toBe(full.when.length + 1);
    for (const [at, [x, y, width, height]] of cards.entries()) {
      for (const [left, top, wide, high] of cards.slice(at + 1))
        expect(x + width <= left || left + wide <= x || y + height <= top || top + high <= y).toBe(true);
    }
  });
});

/** Elements that are opened and not closed, and characters that would end a text. */
function unclosed(svg: string): readonly string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [whole, slash, name, rest] of svg.matchAll(/<(\/?)([a-z]+)((?:[^<>"]|"[^"<]*")*)>/gi)) {
    if (slash === "/" && open.pop() !== name) wrong.push(whole);
    if (slash !== "/" && !rest?.endsWith("/")) open.push(name ?? "");
  }
  const texts = svg.replaceAll(/<style>[\s\S]*?<\/style>|<(?:[^<>"]|"[^"<]*")*>/g, "");
  return [...wrong, ...open, ...[...texts.matchAll(/[<>]|&(?!#\d+;)/g)].map(([found]) => found)];
}

describe("the matrix", () => {
  it("has a row for each row of the flow, with all that has to be so", () => {
    expect(
      matrixOf(full).map(
        ({ event, condition, environment, actions }) => `${event} | ${condition} | ${environment} | ${actions}`,
      ),
    ).toEqual([
      "pull_request | into main from dev; an open issue is linked | stage | check,plan,comment",
      "merge | into main from dev; an open issue is linked; 2 reviews by owners; 1 approval by devops | stage | gate,apply,verify",
      "merge | into main from dev; an open issue is linked; 2 reviews by owners | prod | plan",
      'dispatch | job "Try"; of dev | dev | plan,apply,verify',
      'dispatch | job "Release"; stage applied; prod planned | null | release',
      'dispatch | job "Deploy"; of a release; applied and verified in stage first; 2 approvals by ann, bob or cem, never by somebody who wrote any of what would be applied or started it | prod | gate,apply,verify',
    ]);
  });
});
