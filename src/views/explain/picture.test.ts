import { describe, expect, it } from "vitest";
import { type Flow, parseFlow, presetNames, renderPreset } from "../../flow/index.ts";
import { fullFlow } from "../../testing/full-flow.ts";
import { renderExplanation } from "./explain.ts";
import { renderMatrix } from "./matrix.ts";
import { renderMermaid } from "./mermaid.ts";
import { renderPicture } from "./picture.ts";
import { sizes } from "./svg/layout.ts";
import { widthOf } from "./svg/text.ts";

function flowOf(text: string): Flow {
  const { value, diagnostics } = parseFlow(text, { file: "plangate.yaml" });
  if (value === undefined) throw new Error(JSON.stringify(diagnostics));
  return value;
}

const full = flowOf(fullFlow);

describe("what comes from the file stays text", () => {
  const hostile = '<script>alert(1)</script> & "quoted" ](http://x) | `tick` @team\n::error::x';
  /** Names that are no word of the flow file's own, wherever they stand. */
  const renamed = ["hotfix", "owners", "try", "module", "Take down", "urgent", "AWS_REGION"].reduce(
    (text, name) => text.replaceAll(JSON.stringify(name), JSON.stringify(`${name} ${hostile}`)),
    JSON.stringify(full),
  );
  const named = JSON.parse(renamed) as Flow;
  const gate = { count: 1, by: { teams: [hostile], logins: [] }, notBy: [], because: hostile };
  const flow: Flow = {
    ...named,
    branches: named.branches.map((branch) => ({ ...branch, match: [...branch.match, hostile] })),
    teams: { ...named.teams, [hostile]: { logins: [], forgeTeam: hostile } },
    environments: named.environments.map((environment) => ({
      ...environment,
      approvals: { ...gate, name: environment.name },
      expect: { [hostile]: hostile },
      runtimeOwned: [{ address: hostile, path: hostile }],
    })),
    when: named.when.map((row) => ({
      ...row,
      workflow: hostile,
      job: row.job === null ? null : `${row.job} ${hostile}`,
    })),
    stacks: named.stacks.map((stack) => ({ ...stack, root: hostile, depends: [hostile] })),
    require: { ...named.require, sections: [hostile], checks: [hostile] },
  };

  it("in Markdown", () => {
    const text = renderExplanation(flow);
    expect(text.split("tick").length).toBeGreaterThan(50);
    const outsideCode = text
      .replace(/```mermaid[\s\S]*?```/, "")
      .replaceAll(/(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, "");
    expect(outsideCode).not.toMatch(/(?<!\\)<script|(?<!\\)\]\(http|@team|:\/\//);
    expect(text).not.toMatch(/@team|^::/m);
  });

  it("in the cells of the matrix, which keep their number", () => {
    const rows = renderMatrix(flow).split("\n");
    expect(rows.length).toBe(flow.when.length + 2);
    for (const row of rows) expect(row.match(/(?<!\\)\|/g)?.length).toBe(6);
  });

  it("in a Mermaid label", () => {
    const [, head, ...lines] = renderMermaid(flow).split("\n");
    expect(head).toBe("flowchart LR");
    const labels = lines.flatMap((line) => [...line.matchAll(/"([^"]*)"/g)].map(([, label]) => label ?? ""));
    expect(labels.length).toBeGreaterThan(30);
    for (const label of labels) expect(label).not.toMatch(/[<>`|[\]%&@]/);
    for (const line of lines) expect(line.replaceAll(/"[^"]*"/g, "")).toMatch(/^ {2}[\w ()[\]{}/|.=>x-]+$/);
  });

  it("in the picture, which is well-formed", () => {
    const svg = renderPicture(flow);
    expect(svg).not.toMatch(/<script|@team/);
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
    const words = wordsIn(renderPicture(full));
    const names = ["dev", "hotfix", "develop", "main", "release", "module", "ephemeral", "stage", "prod"];
    const jobs = [
      "Try",
      "Take",
      "Release",
      "2 reviews by owners",
      "back-merge",
      "Daily at 01:00 UTC",
      "try: 1 approval",
    ];
    for (const word of [...names, ...jobs]) expect(words).toContain(word);
    const steps = full.when.flatMap((row) => row.do);
    for (const step of steps) expect(words).toContain(step === "plan-destroy" ? "plan the destroy" : step);
    expect(words).toMatch(/2 approvals by/);
  });

  const drawn = [
    ...presetNames.map((name) => [name, flowOf(renderPreset(name))] as const),
    ["everything", full] as const,
  ];

  it.each(drawn)("puts no two cards over each other: %s", (_, flow) => {
    const cards = boxesOf(
      renderPicture(flow),
      /<rect class="card[^"]*" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g,
    );
    expect(cards.length).toBeGreaterThanOrEqual(flow.when.length + 1);
    expect(overlapping(cards)).toEqual([]);
  });

  it.each(drawn)("puts no text over another: %s", (_, flow) => {
    const texts = [
      ...renderPicture(flow).matchAll(
        /<text class="([^"]*)" x="([\d.]+)" y="([\d.]+)" font-size="(\d+)"( font-weight)?[^>]*>([^<]*)</g,
      ),
    ].map(([, style, x, y, size, bold, content]) => {
      const width = widthOf((content ?? "").replaceAll(/&#\d+;/g, "x"), {
        size: Number(size),
        bold: bold !== undefined,
      });
      const left = /number|ringed/.test(style ?? "") ? Number(x) - width / 2 : Number(x);
      return { x: left, y: Number(y) - Number(size) * 0.75, width, height: Number(size) * 0.95, content };
    });
    expect(texts.length).toBeGreaterThan(80);
    expect(overlapping(texts)).toEqual([]);
  });

  it("breaks names that are longer than their place", () => {
    const long = "a-branch-whose-name-is-very-very-long-indeed-and-longer";
    const flow = {
      ...full,
      branches: full.branches.map((branch, index) => (index === 0 ? { ...branch, name: long } : branch)),
    };
    const widest = [...renderPicture(flow).matchAll(/font-size="19" font-weight="600">([^<]*)</g)].map(([, name]) =>
      widthOf(name ?? "", { size: 19, bold: true }),
    );
    expect(Math.max(...widest)).toBeLessThanOrEqual(sizes.label - 2 * sizes.pad);
  });
});

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function boxesOf(svg: string, pattern: RegExp): readonly Box[] {
  return [...svg.matchAll(pattern)].map(([, ...numbers]) => {
    const [x = 0, y = 0, width = 0, height = 0] = numbers.map(Number);
    return { x, y, width, height };
  });
}

function overlapping<T extends Box>(boxes: readonly T[]): readonly (readonly [T, T])[] {
  return boxes.flatMap((one, at) =>
    boxes
      .slice(at + 1)
      .filter(
        (other) =>
          one.x + one.width > other.x &&
          other.x + other.width > one.x &&
          one.y + one.height > other.y &&
          other.y + other.height > one.y,
      )
      .map((other) => [one, other] as const),
  );
}

/** What a reader sees, in one line: texts that are broken read on. */
function wordsIn(svg: string): string {
  return svg.replaceAll(/<(?:desc|style)[\s\S]*?<\/(?:desc|style)>|<[^>]*>/g, " ").replaceAll(/\s+/g, " ");
}

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
