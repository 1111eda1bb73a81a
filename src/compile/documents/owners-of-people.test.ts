import { describe, expect, it } from "vitest";
import { about, edited } from "../../../test/compile/flow-under-test.ts";
import { ownersOf, parseCodeOwners } from "../../domain/code-owners.ts";
import type { Flow, PresetName } from "../../flow/index.ts";
import { changesOf } from "../written/index.ts";
import { codeOwnersFile, compileCodeOwners, ownersTaken } from "./code-owners.ts";

/** What teams have in such a file already: everything theirs, and somebody else's parts of it. */
const people = `# Who looks at what.
* @acme/platform

/frontend/ @acme/frontend @dan
/.github/ISSUE_TEMPLATE/ @acme/writers
`;

/** The file as it becomes, and whether that is another one; fails where anything is in the way. */
function written(flow: Flow, before: string | null): { readonly text: string; readonly change: string | undefined } {
  const { files } = compileCodeOwners(flow, about);
  const there = new Map(before === null ? [] : [[codeOwnersFile, before]]);
  const { changes, diagnostics } = changesOf(files, { ...about, there, force: false });
  expect(diagnostics).toEqual([]);
  return { text: changes[0]?.after ?? "", change: changes[0]?.change };
}

function taken(flow: Flow, text: string): readonly string[] {
  const compiled = compileCodeOwners(flow, about).files.find(({ place }) => place === "last")?.text ?? "";
  return ownersTaken({ text, compiled, flowFile: about.flowFile, paths: [".github/ISSUE_TEMPLATE/bug.md"] }).map(
    ({ code, line, summary }) => `${line} ${code} ${summary}`,
  );
}

const owning = (text: string, path: string) =>
  ownersOf(parseCodeOwners(text), path).map((owner) => JSON.stringify(Object.values(owner).slice(1).join("/")));

describe.each(["trunk-demo", "integration-branch"] satisfies readonly PresetName[])(
  "owners that people wrote, with %s",
  (name) => {
    const flow = edited(name);
    const { text } = written(flow, people);

    it("stand between what counts for less than theirs and what counts for more", async () => {
      await expect(text).toMatchFileSnapshot(`expected/${name}/CODEOWNERS-of-people`);
      expect(text).toContain(people);
      expect(owning(text, "frontend/main.ts")).toEqual(['"acme/frontend"', '"dan"']);
      expect(owning(text, "infra/main.tf")).toEqual(['"acme/platform"']);
    });

    it("own nothing of what governs delivery", () => {
      for (const path of ["plangate.yaml", ".github/workflows/x.yml", ".github/ISSUE_TEMPLATE/bug.md", "identity/x.tf"])
        expect(owning(text, path), path).toEqual(['"ann"', '"bob"']);
      expect(taken(flow, text)).toEqual([]);
    });

    it("are the same when it is compiled again, whatever people put around the regions", () => {
      expect(written(flow, text)).toEqual({ text, change: "same" });
      const more = `# above\n${text.replace("* @acme/platform\n", "* @acme/platform\n/docs/ @eve\n")}/web/ @eve\n`;
      expect(written(flow, more)).toEqual({ text: more, change: "same" });
    });

    it("are refused by their line where they stand behind, and take away what governs delivery", () => {
      const lines = text.split("\n").length;
      expect(taken(flow, `${text}/web/ @eve\n* @eve\n`)).toEqual([
        `${lines + 1} code-owners-taken This line takes plangate.yaml from the owners whom the flow names.`,
      ]);
    });
  },
);

it("both regions go when the flow names nobody any more, and what people wrote stays", () => {
  const { text } = written(edited("trunk-demo"), people);
  const { changes } = changesOf([], { ...about, there: new Map([[codeOwnersFile, text]]), force: false });
  expect(changes).toMatchObject([{ change: "update", after: expect.stringContaining(people) }]);
  expect(changes[0]?.after?.trim()).toBe(people.trim());
});

it("an edit by hand in either region is told with its line", () => {
  const flow = edited("trunk-demo");
  const { text } = written(flow, people);
  for (const [from, line] of [
    ["/infra/ @ann", 1],
    ["/identity/ @ann", text.split("\n").findIndex((one) => one.includes("begin codeowners-last")) + 1],
  ] as const) {
    const there = new Map([[codeOwnersFile, text.replace(from, `${from} @eve`)]]);
    const { changes, diagnostics } = changesOf(compileCodeOwners(flow, about).files, { ...about, there, force: false });
    expect(changes).toEqual([]);
    expect(diagnostics).toMatchObject([{ code: "file-edited-by-hand", file: codeOwnersFile, line }]);
  }
});

it("a file whose only region is the first gets the second behind what people wrote", () => {
  const flow = edited("trunk-demo");
  const [first] = compileCodeOwners(flow, about).files;
  const { changes } = changesOf(first === undefined ? [] : [first], {
    ...about,
    there: new Map([[codeOwnersFile, people]]),
    force: false,
  });
  const before = changes[0]?.after ?? "";
  expect(before).not.toContain("codeowners-last");
  expect(written(flow, before).text).toBe(written(flow, people).text);
});
