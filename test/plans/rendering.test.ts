import { describe, expect, it } from "vitest";
import { comparePlans } from "../../src/domain/plan-difference.ts";
import { type ReadPlan, readPlan } from "../../src/domain/read-plan.ts";
import { aStack } from "../../src/testing/builders.ts";
import { aChange } from "../../src/testing/plan-json.ts";
import { renderComparison } from "../../src/views/compare.ts";
import { inertLine } from "../../src/views/inert.ts";
import { wholePlanJson, wholePlanText } from "../../src/views/plan-document.ts";
import { renderPlanMarkdown, renderWholePlan } from "../../src/views/plan-markdown.ts";
import { renderPlanText } from "../../src/views/plan-text.ts";
import { corpus, corpusPlan } from "./corpus.ts";

const key = new TextEncoder().encode("a key of a store, for tests only");
const elsewhere = "[the run's page](https://plangate.example/runs/1)";

function read(text: string): ReadPlan {
  const { value, diagnostics } = readPlan(text, { key });
  if (value === undefined) throw new Error(JSON.stringify(diagnostics));
  return value;
}

const markdown = (text: string, budget = 60_000): string => renderPlanMarkdown(read(text), { budget, elsewhere });

/** The text and the JSON that people are given of a plan. */
function files(text: string): readonly [string, string] {
  const { plan: stored } = aStack("test/app");
  return [wholePlanText(read(text), stored), wholePlanJson(read(text), stored)];
}

/** Every secret of the corpus' sources, in each way in which it could be written. */
const secrets = [
  "hunter2-super-secret",
  "hunter3-even-more-secret",
  "73914628",
  "MIIBfakefakefakefake",
  "QQfakefakefakefake==",
  "correct-horse-battery",
  "staple-correct-horse",
  "test-secret-key",
];
const spellings = [...secrets, ...secrets.map((secret) => btoa(secret).replace(/=+$/, ""))];

function leaksIn(shown: string): readonly string[] {
  return spellings.filter((secret) => shown.includes(secret));
}

describe("rendering plans", () => {
  it.each([
    "kinds-change",
    "aws-change",
    "secrets-change",
    "hostile",
    "checks",
    "errored",
    "deferred-reads",
    "nothing",
    "refresh-only",
  ])("shows %s as in the example", async (name) => {
    const { text } = corpusPlan(name);
    await expect(`${markdown(text)}\n`).toMatchFileSnapshot(`expected/${name}.md`);
    await expect(`${renderPlanText(read(text), { color: false })}\n`).toMatchFileSnapshot(`expected/${name}.txt`);
  });

  it.each(corpus)("prints no sensitive value of $name, in no rendering and no comparison", ({ name, text, plan }) => {
    expect(leaksIn(markdown(text, 1_000_000))).toEqual([]);
    expect(leaksIn(renderPlanText(read(text), { color: true }))).toEqual([]);
    expect(leaksIn(renderWholePlan(read(text)))).toEqual([]);
    for (const file of files(text)) expect(leaksIn(file)).toEqual([]);
    for (const other of corpus) {
      const comparison = comparePlans(plan, other.plan, { key, most: 100_000 });
      expect(leaksIn(JSON.stringify(comparison)), `${name} and ${other.name}`).toEqual([]);
      expect(leaksIn(renderComparison(comparison, ["a.json", "b.json"]))).toEqual([]);
    }
  });

  it("knows that the corpus holds the secrets it looks for", () => {
    const all = corpus.map(({ text }) => text).join("\n");
    for (const secret of secrets) expect(all).toContain(secret);
  });

  it.each([1500, 3000, 6000, 20_000, 60_000])("keeps to %i characters, deletions and replacements first", (budget) => {
    const shown = markdown(corpusPlan("aws-change").text, budget);
    expect(shown.length).toBeLessThanOrEqual(budget);
    const destroyed = ['aws_autoscaling_group.nat["c"]', "aws_eip.nat[2]", 'aws_subnet.public["c"]'];
    const firstOther = shown.search(/` (?:update|create)$/m);
    for (const address of destroyed) {
      const at = shown.indexOf(address);
      if (firstOther >= 0) expect(at).toBeGreaterThanOrEqual(0);
      if (firstOther >= 0) expect(at).toBeLessThan(firstOther);
    }
    if (budget < 20_000) expect(shown).toContain(elsewhere);
  });

  it("leads to what touches security above the list, in few words where there is little room", () => {
    const { text } = corpusPlan("aws-change");
    const [at, listed] = [markdown(text).indexOf("**Look at**"), markdown(text).indexOf("\n- `-`")];
    expect(at).toBeGreaterThan(0);
    expect(at).toBeLessThan(listed);
    expect(markdown(text)).toContain("- keys and encryption: `aws_kms_key.main`\n");
    expect(markdown(text, 600)).toContain("- keys and encryption: 1 change\n");
  });

  it("counts what it left out", () => {
    const { summary } = read(corpusPlan("aws-change").text);
    const shown = markdown(corpusPlan("aws-change").text, 3000);
    const listed = shown.match(/^- `[^`]*` `/gm)?.length ?? 0;
    const more = Number(
      /\*\*(\d+) more resources?\*\* not listed|\*\*(\d+) more resources? not listed/
        .exec(shown)
        ?.slice(1)
        .find(Boolean) ?? 0,
    );
    expect(listed + more).toBe(summary.resources.length);
  });

  it.each(corpus)("tells all of $name in its files, each object with what becomes of it", ({ text }) => {
    const { summary, plan } = read(text);
    const [whole, json] = files(text);
    const document = JSON.parse(json);
    type Told = { readonly address: string; readonly deposed?: string; readonly change: { readonly actions: unknown } };
    const told = new Map(document.resource_changes.map((one: Told) => [`${one.address} ${one.deposed ?? ""}`, one]));
    expect(told.size).toBe(summary.resources.length);
    for (const { address, deposed, change } of plan.resourceChanges) {
      const one = told.get(`${address} ${deposed ?? ""}`) as Told | undefined;
      if (one !== undefined) expect(one.change.actions).toEqual(change.actions);
    }
    for (const { address } of summary.resources) expect(whole).toContain(inertLine(address));
    expect(Object.keys(document.output_changes)).toEqual(summary.outputs.map(({ name }) => name));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is the point
    for (const file of [whole, json]) expect(file).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u202e\u200f]/);
  });

  it("shortens nothing where all of a plan is told", () => {
    const { change } = aChange("terraform_data.long");
    const long = aChange("terraform_data.long", {
      change: { ...change, after: { input: `${"x".repeat(50_000)}END` } },
    });
    const text = JSON.stringify({ format_version: "1.2", resource_changes: [long], configuration: {} });
    expect(markdown(text)).not.toContain("xEND");
    for (const told of [renderWholePlan(read(text)), ...files(text)]) expect(told).toContain("xEND");
  });

  it("neutralises what names and values of the plan try", () => {
    const { text } = corpusPlan("hostile");
    const comment = markdown(text);
    expect(comment).not.toMatch(/@everyone|^\s*::|##\[/m);
    const outsideOfCode = comment
      .replaceAll(/^```[\s\S]*?^```$/gm, "")
      .replaceAll(/(`+)[^`][\s\S]*?\1(?!`)/g, "")
      .replaceAll(/<code>[^<]*<\/code>/g, "");
    expect(outsideOfCode).not.toMatch(/<(?!\/?(?:details|summary|code)>)|https?:\/\//);
    expect(comment.split("\n").filter((line) => line.startsWith("```")).length % 2).toBe(0);
    const terminal = renderPlanText(read(text), { color: false });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is the point
    expect(terminal).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u202e]|^\s*::|##\[/m);
  });

  it("compares in words", async () => {
    const [left, right] = [corpusPlan("secrets-create"), corpusPlan("secrets-change")];
    const comparison = comparePlans(left.plan, right.plan, { key });
    const shown = renderComparison(comparison, ["left.json", "right.json"]).replaceAll(/\([0-9a-f]{12}\)/g, "(digest)");
    await expect(`${shown}\n`).toMatchFileSnapshot("expected/secrets.compare.txt");
    const same = renderComparison(comparePlans(left.plan, left.plan, { key }), ["a", "b"]);
    expect(same).toMatch(/^The plans mean the same \([0-9a-f]{12}\)\.$/);
  });
});
