import { describe, expect, it } from "vitest";
import { parseFlow } from "./parse.ts";
import { presetNames, renderPreset } from "./presets.ts";
import { knownKeys } from "./schema-keys.ts";
import { shortFlow } from "./short-flow.ts";
import { readSource } from "./source.ts";

const preset = renderPreset("trunk-stored-plan");

/** The text with one part replaced; a part that is not there is a mistake in the test. */
function edited(text: string, ...edits: readonly (readonly [string, string])[]): string {
  return edits.reduce((result, [from, to]) => {
    if (!result.includes(from)) throw new Error(`the flow has no "${from}"`);
    return result.replace(from, to);
  }, text);
}

function said(text: string): readonly string[] {
  return parseFlow(text, { file: "plangate.yaml" }).diagnostics.map(
    ({ line, column, code, summary, hint }) =>
      `${line}:${column} ${code}: ${summary}${hint === undefined ? "" : ` ${hint}`}`,
  );
}

describe("parseFlow", () => {
  it("reads the short flow and fills in every default", () => {
    const { value: flow, diagnostics } = parseFlow(shortFlow, { file: "plangate.yaml" });
    expect(diagnostics).toEqual([]);
    expect(flow).toMatchObject({ tool: "terraform", host: "actions", assurance: "team", teams: {}, releases: [] });
    const people = { teams: [], logins: ["ann", "bob"] };
    expect(flow?.branches).toEqual([
      {
        name: "work",
        match: ["**"],
        except: ["main"],
        cutFrom: null,
        accepts: [],
        merge: [],
        reviews: null,
        issue: "required",
        ticket: "optional",
        maxAge: null,
        directPush: "free",
        linear: false,
        backMerge: [],
        protected: false,
      },
      {
        name: "main",
        match: ["main"],
        except: [],
        cutFrom: null,
        accepts: ["work"],
        merge: ["squash"],
        reviews: { count: 1, by: people, codeOwners: false },
        issue: "optional",
        ticket: "optional",
        maxAge: null,
        directPush: "never",
        linear: false,
        backMerge: [],
        protected: true,
      },
    ]);
    expect(flow?.environments[1]).toEqual({
      name: "prod",
      kind: "prod",
      appliesFrom: ["main"],
      perPullRequest: false,
      ttl: null,
      heldByBranch: false,
      approvals: { name: "prod", count: 1, by: people, notBy: ["writers"] },
      after: ["test"],
      destroyable: false,
      windows: null,
      freezes: [],
      emergency: null,
      expect: {},
      runtimeOwned: [],
      identity: null,
      variables: [],
      gated: true,
    });
    expect(flow?.apply).toEqual({ plan: "stored", ifStateMoved: "same-meaning", maxAge: 14 * 86_400_000 });
    expect(flow?.allow).toEqual({
      providers: ["hashicorp/*", "terraform.io/builtin/*"],
      provisioners: [],
      externalData: false,
    });
    expect(flow?.require).toEqual({ sections: [], deletions: "free", checks: [] });
    expect(flow?.when[0]).toMatchObject({ on: "pull_request", into: "main", environment: "test", line: 11 });
  });

  it("leaves the triggerer out where a dispatch applies, and nobody else", () => {
    const { value: flow } = parseFlow(preset, { file: "plangate.yaml" });
    expect(flow?.environments.map(({ approvals }) => approvals?.notBy)).toEqual([
      undefined,
      ["writers"],
      ["writers", "triggerer"],
    ]);
  });

  it("puts the gate and the verification into a row that leaves them out", () => {
    const { value: flow } = parseFlow(shortFlow.replace("[plan, gate, apply, verify]", "[plan, apply]"), { file: "f" });
    expect(flow?.when[2]?.do).toEqual(["plan", "gate", "apply", "verify"]);
  });

  it.each(presetNames)("finds nothing to say about the preset %s", (name) => {
    expect(said(renderPreset(name))).toEqual([]);
  });

  it.each([
    {
      name: "an unknown key, with the right one",
      edits: [["assurance: team", "asurance: team"]],
      found: ['5:1 unknown-key: Unknown key "asurance" at the top. Did you mean "assurance"?'],
    },
    {
      name: "a required key that is misspelt, once",
      edits: [["version: 1", "vresion: 1"]],
      found: ['3:1 unknown-key: Unknown key "vresion" at the top. Did you mean "version"?'],
    },
    {
      name: "an unknown key in a branch",
      edits: [["accepts: [work]", "acepts: [work], accepts: [work]"]],
      found: [
        '15:11 unknown-key: Unknown key "acepts" in branches.main. The keys here are match, except, cutFrom, accepts, merge, reviews, issue, ticket, maxAge, directPush, linear, backMerge.',
      ],
    },
    {
      name: "an unknown key in a row",
      edits: [["ref: release,", "reff: release,"]],
      found: ['50:34 unknown-key: Unknown key "reff" in row 6 of when. Did you mean "ref"?'],
    },
    {
      name: "a key that only other rows have",
      edits: [["into: main, in: prod", "into: main, job: x, in: prod"]],
      found: [
        '46:30 unknown-key: Unknown key "job" in row 4 of when. The keys here are on, workflow, into, in, do, gate.',
      ],
    },
    {
      name: "a missing key at its parent",
      edits: [["kind: test, appliesFrom: [main], ", "kind: test, "]],
      found: ['22:3 missing-key: The key "appliesFrom" is missing in environments.test.'],
    },
    {
      name: "a missing key in a row",
      edits: [["into: main, in: prod, do: [plan]", "into: main, in: prod"]],
      found: ['46:5 missing-key: The key "do" is missing in row 4 of when.'],
    },
    {
      name: "a missing key at the top",
      edits: [["version: 1\n", ""]],
      found: ['1:1 missing-key: The key "version" is missing at the top.'],
    },
    {
      name: "a word that is none of those allowed",
      edits: [["merge: squash", "merge: squas"]],
      found: [
        '15:35 unknown-value: "merge" cannot be "squas"; it is squash, rebase, merge or fast-forward. Did you mean "squash"?',
      ],
    },
    {
      name: "a row that starts with no event",
      edits: [["on: merge, into: main, in: prod", "on: mrge, into: main, in: prod"]],
      found: [
        '46:11 unknown-value: "on" cannot be "mrge"; it is pull_request, merge, push, dispatch, schedule or release. Did you mean "merge"?',
      ],
    },
    {
      name: "a step that a row cannot have",
      edits: [["do: [plan] }", "do: [plan, comment] }"]],
      found: ['46:51 unknown-value: "do" cannot be "comment"; it is plan, gate, apply or verify.'],
    },
    {
      name: "a text where a list is needed",
      edits: [["accepts: [work]", "accepts: work"]],
      found: ['15:20 wrong-type: "accepts" has to be a list, and is "work". Write [work].'],
    },
    {
      name: "a key without a value",
      edits: [["when:\n", "when:\n\napply2:\n"]],
      found: ['38:1 wrong-type: "when" has to be a list, and is empty.'],
    },
    {
      name: "a number that is none",
      edits: [["approvals: { count: 1, by: owners }, after", "approvals: { count: one, by: owners }, after"]],
      found: ['23:67 wrong-type: "count" has to be a whole number, and is "one".'],
    },
    {
      name: "a gate that asks nobody",
      edits: [["approvals: { count: 1, by: owners }, after", "approvals: { count: 0, by: owners }, after"]],
      found: ["23:67 bad-value: At least 1: who asks nobody leaves the key out."],
    },
    {
      name: "a duration that is none",
      edits: [["maxAge: 14d", "maxAge: 14"]],
      found: ['60:11 wrong-type: "14" is not a duration; write 30m, 4h, 14d or 2w.'],
    },
    {
      name: "a version of the tool that is not exact",
      edits: [["tool: terraform", "tool: terraform\ntoolVersion: 1.11"]],
      found: ['7:14 wrong-type: "1.11" is not an exact version; write 1.11.4.'],
    },
    {
      name: "whom plangate cannot act as",
      edits: [["tool: terraform", "tool: terraform\nidentity: somebody"]],
      found: ['7:11 unknown-value: "identity" cannot be "somebody"; it is token or app.'],
    },
    {
      name: "a bot among people",
      edits: [["[ann, bob]", '[ann, "deploy[bot]"]']],
      found: ['10:17 bad-value: "deploy[bot]" is a bot, and only people can say yes.'],
    },
    {
      name: "a name that cannot be one",
      edits: [["  test: {", '  "te st": {']],
      found: [
        '22:3 bad-name: "te st" cannot be a name: a name is made of letters, digits, ".", "_" and "-", and starts with a letter or digit.',
      ],
    },
    {
      name: "a name that JavaScript has already",
      edits: [["owners: [ann, bob]", "owners: [ann, bob]\n  constructor: [ann]"]],
      found: [
        '11:3 bad-name: "constructor" cannot be a name: a name is made of letters, digits, ".", "_" and "-", and starts with a letter or digit.',
      ],
    },
    {
      name: "a path that leaves the repository",
      edits: [["environments/{environment}/{stack}.tfvars", "../{stack}.tfvars"]],
      found: ['30:12 bad-value: "../{stack}.tfvars" is not a path below the repository\'s top, such as stacks/app.'],
    },
    {
      name: "a command that needs a shell",
      edits: [["    vars:", '    verify: ["make test | tee log"]\n    vars:']],
      found: [
        "30:14 bad-value: There is no shell: a command is words with blanks between. Write a list of words when a word needs more.",
      ],
    },
    {
      name: "an empty file",
      edits: [[preset, ""]],
      found: [
        "1:1 wrong-type: The file has to be keys with values, and is empty. `plangate init --force` writes a full one.",
      ],
    },
  ] as const)("reports $name", ({ edits, found }) => {
    const all = said(edited(preset, ...(edits as readonly (readonly [string, string])[])));
    expect(all.slice(0, found.length)).toEqual(found);
  });

  it("reports everything in one run, in the order of the file", () => {
    const text = edited(
      preset,
      ["assurance: team", "asurance: team"],
      ["cutFrom: main", "cutFrom: mian"],
      ["appliesFrom: [release]", "appliesFrom: [relase]"],
      ["after: [test]", "after: [prod]"],
      ["key={stack}", "key={stak}"],
      ["on: merge, into: main, in: prod", "on: merge, into: work, in: prod"],
      ["needs: [test applied,", "needs: [staging applied,"],
      ["maxAge: 14d", "maxAge: 0d"],
    );
    expect(said(text).map((sentence) => sentence.split(" ").slice(0, 2).join(" "))).toEqual([
      "5:1 unknown-key:",
      "14:49 unknown-branch:",
      "23:37 unknown-ref:",
      "23:90 after-circle:",
      "29:57 unknown-template:",
      "46:24 row-never-fires:",
      "48:58 unknown-environment:",
      "60:11 plan-always-expired:",
    ]);
  });

  it("suggests the right key for every misspelt one", () => {
    const { source } = readSource(preset, "f");
    const misspelt = keysOf(source?.data).filter(
      ({ path, key }) => knownKeys(path, source?.data).includes(key) && key.length > 2,
    );
    expect(misspelt.length).toBeGreaterThan(40);
    for (const { path, key } of misspelt) {
      const place = source?.at([...path, key], "key") ?? { line: 1, column: 1 };
      const lines = preset.split("\n");
      const line = lines[place.line - 1] ?? "";
      const wrong = key.slice(0, 1) + key.slice(2);
      lines[place.line - 1] = line.slice(0, place.column - 1) + wrong + line.slice(place.column - 1 + key.length);
      const first = parseFlow(lines.join("\n"), { file: "f" }).diagnostics.find(({ code }) => code === "unknown-key");
      expect(first, `${path.join(".")} ${wrong}`).toMatchObject({
        ...place,
        hint: expect.stringContaining(`"${key}"`),
      });
    }
  });

  it.each([
    { name: "many keys", text: Array.from({ length: 100_000 }, (_, index) => `k${index}: 1`).join("\n") },
    { name: "many quotes", text: '"'.repeat(300_000) },
    {
      name: "many branches",
      text: `branches:\n${Array.from({ length: 20_000 }, (_, index) => `  b${index}: { match: "**" }`).join("\n")}`,
    },
    {
      name: "many wild patterns",
      text: shortFlow.replace(
        '"**"',
        `[${Array.from({ length: 60 }, (_, index) => `"*a*b*c*${index}*d*"`).join(", ")}]`,
      ),
    },
  ])(
    "is not slowed down by $name",
    ({ text }) => {
      const started = performance.now();
      parseFlow(text, { file: "f" });
      expect(performance.now() - started).toBeLessThan(10_000);
    },
    20_000,
  );
});

function keysOf(
  data: unknown,
  path: readonly (string | number)[] = [],
): readonly { path: readonly (string | number)[]; key: string }[] {
  if (Array.isArray(data)) return data.flatMap((item, index) => keysOf(item, [...path, index]));
  if (typeof data !== "object" || data === null) return [];
  return Object.entries(data).flatMap(([key, value]) => [{ path, key }, ...keysOf(value, [...path, key])]);
}
