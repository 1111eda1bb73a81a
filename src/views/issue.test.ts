import { describe, expect, it } from "vitest";
import type { Drifted } from "../domain/drift.ts";
import type { ReasonCode } from "../domain/reason.ts";
import { stackName } from "../testing/builders.ts";
import { renderDrift } from "./drift.ts";
import { renderBackMerge, renderIssue } from "./issue.ts";

const prod = stackName("prod/app");
const drifted: readonly Drifted[] = [
  { address: "aws_security_group.web", paths: ["ingress[0].cidr_blocks", "tags.Owner"], class: "drift" },
  { address: 'aws_instance.worker["a`b"]', paths: [], class: "drift" },
  { address: "aws_route.private[0]", paths: ["network_interface_id"], class: "runtime-owned" },
];

describe("an issue", () => {
  it.each([
    {
      name: "drift",
      flag: {
        stack: prod,
        branch: null,
        code: "drift-found",
        until: null,
        why: "2 objects of prod/app are no longer as applied",
      },
      details: renderDrift(prod, drifted),
    },
    {
      name: "emergency",
      flag: {
        stack: prod,
        branch: "main",
        code: "emergency-used",
        until: Date.UTC(2026, 0, 10, 22, 30),
        why: "prod is changed within Mon-Thu 08:00-16:00 Europe/Berlin only; bob waived that with the label urgent",
      },
      details: null,
    },
    {
      name: "push",
      flag: {
        stack: null,
        branch: "development",
        code: "push-too-large",
        until: null,
        why: "eve pushed 212 lines in 9 files to development, which takes 50 lines in 5 files",
      },
      details: null,
    },
  ] as const)("tells what is, what it means and what to do: $name", async ({ name, flag, details }) => {
    const { title, body } = renderIssue(flag, details);
    await expect(`# ${title}\n\n${body}\n`).toMatchFileSnapshot(`expected/issue/${name}.md`);
  });

  it("has a headline for whatever may be flagged", () => {
    const titleFor = (code: ReasonCode) =>
      renderIssue({ stack: prod, branch: null, code, until: null, why: "so" }).title;
    expect(titleFor("branch-old")).toBe("A pull request is open for too long: prod/app");
    expect(titleFor("verify-failed")).toBe("Verify failed: prod/app");
  });
});

describe("what others named stays text", () => {
  const branch = "feature/@team`x`](http://evil)<script>";

  it("in the title and the body of an issue", () => {
    const { title, body } = renderIssue({
      stack: null,
      branch,
      code: "pushed-directly",
      until: null,
      why: `eve pushed to ${branch}`,
    });
    expect(title).not.toMatch(/@team|`|:\/\//);
    expect(withoutCode(body)).not.toMatch(/@team|(?<!\\)<script|(?<!\\)\]\(|:\/\//);
  });

  it("in the pull request that brings something back", () => {
    const { title, body } = renderBackMerge({ head: branch, base: "develop", why: `${branch} lacks nothing` });
    expect(title).not.toMatch(/@team|`|:\/\//);
    expect(withoutCode(body)).not.toMatch(/@team|(?<!\\)<script|(?<!\\)\]\(|:\/\//);
  });

  it("and a title keeps to what a forge shows", () => {
    expect(renderBackMerge({ head: "x".repeat(500), base: "main", why: "" }).title.length).toBeLessThanOrEqual(200);
  });
});

function withoutCode(markdown: string): string {
  return markdown.replaceAll(/(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, "");
}

describe("a back-merge", () => {
  it("says why it is there and how it is merged", async () => {
    const why = "main holds a hotfix that development lacks";
    const { title, body } = renderBackMerge({ head: "main", base: "development", why });
    await expect(`# ${title}\n\n${body}\n`).toMatchFileSnapshot("expected/issue/back-merge.md");
  });
});

describe("drift", () => {
  it("keeps to a length that a forge takes", () => {
    const many = Array.from({ length: 500 }, (_, index) => ({
      address: `aws_instance.worker[${index}]`,
      paths: Array.from({ length: 50 }, (__, at) => `tags.t${at}`),
      class: "drift" as const,
    }));
    const text = renderDrift(prod, many);
    expect(text).toContain("and 460 more");
    expect(text).toContain("and 44 more");
    expect(text.length).toBeLessThan(10_000);
  });
});
