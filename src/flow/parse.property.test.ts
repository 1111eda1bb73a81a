import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ParsedFlow } from "./parse.ts";
import { parseFlow } from "./parse.ts";
import { presetNames, renderPreset } from "./presets.ts";
import { shortFlow } from "./short-flow.ts";
import { readSource } from "./source.ts";

/** How many texts are tried, over all properties; more of them in a longer run. */
const runs = Number(process.env.PLANGATE_FLOW_RUNS ?? 10_000);
const presets = presetNames.map((name) => renderPreset(name));
/** Without comments, so that what is changed is what is read. */
const texts = presets.map((text) =>
  text
    .replaceAll(/(^|\s)#.*$/gm, "")
    .replaceAll(/\n{2,}/g, "\n")
    .trimStart(),
);

/** What holds of any text: a flow or errors, and every place is one in the text. */
function holds(text: string): ParsedFlow {
  const parsed = parseFlow(text, { file: "f" });
  const hasErrors = parsed.diagnostics.some(({ severity }) => severity === "error");
  if (hasErrors === (parsed.value !== undefined)) throw new Error("a flow and errors, or neither");
  if (parsed.diagnostics.length === 0) return parsed;
  // A line ends where editors end it; what stands before it is at most its break.
  const lines = text.replace(/^\uFEFF/, "").split("\n");
  for (const { line = 0, column = 0, summary } of parsed.diagnostics) {
    const width = [...(lines[line - 1] ?? "")].length;
    const isInside = 0 < line && line <= lines.length && 0 < column && column <= width + 1;
    if (!isInside) throw new Error(`${line}:${column} is not in the text: ${summary}`);
  }
  return parsed;
}

/** Which share of the runs a property gets; the time limit fails a run that hangs. */
const share = (part: number) => ({
  numRuns: Math.ceil(runs * part),
  interruptAfterTimeLimit: 300_000 + 10 * runs,
  markInterruptAsFailure: true,
});
const timeout = 330_000 + 10 * runs;

const oddWords = [
  "",
  "[",
  "]",
  "{",
  "}",
  ":",
  "- ",
  "\n",
  "\r\n",
  "\r",
  "\t",
  "  ",
  "\uFEFF",
  "\u2028",
  "\uFFFD",
  "\0",
  "&a ",
  "*a",
  "<<: ",
  "!!js ",
  "--- ",
  "...",
  "? ",
  "|\n",
  ">-\n",
  "#",
  "%YAML 1.1\n",
  "null",
  "~",
  "true",
  "1e99",
  "0x1",
  "main",
  "ephemeral",
  "{stack}",
  "{ticket}",
  "{instance}",
  "__proto__: ",
  "constructor: ",
  '"',
  "'",
  "**",
  "[a-",
  "\\",
  "🚀",
];

const mutation = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  cut: fc.nat(30),
  put: fc.oneof(fc.constantFrom(...oddWords), fc.string({ maxLength: 8 }), fc.string({ unit: "binary", maxLength: 4 })),
});

const mutated = fc
  .tuple(
    fc.oneof({ weight: 1, arbitrary: fc.constantFrom(...texts) }, { weight: 3, arbitrary: fc.constant(shortFlow) }),
    fc.array(mutation, { minLength: 1, maxLength: 4 }),
  )
  .map(([text, list]) =>
    list.reduce((before, { at, cut, put }) => {
      const index = Math.floor(at * before.length);
      return before.slice(0, index) + put + before.slice(index + cut);
    }, text),
  );

/** A value where another one was expected. */
const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(null, true, 0, -1, 1.5, 2 ** 53, "", "main", "**", "a/{ticket}", "{stack}", "0d", "always", "14d"),
  fc.constantFrom([], {}, [[]], [null], { match: "**" }, { count: 1, by: ["ann"] }, ["main", "main"]),
  fc.constantFrom(
    "pull_request",
    "push",
    "merge",
    "free",
    "never",
    "ephemeral",
    "prod",
    "* * * * *",
    "Mon 08:00-09:00 UTC",
  ),
  fc.string({ maxLength: 12 }),
);

type Data = Record<string, unknown> | unknown[];

/** Every place in plain data, as the object or list that holds it and its key there. */
function placesIn(data: unknown): readonly { readonly holder: Data; readonly key: string | number }[] {
  if (typeof data !== "object" || data === null) return [];
  const keys = Array.isArray(data) ? [...data.keys()] : Object.keys(data);
  return keys.flatMap((key) => [
    { holder: data as Data, key },
    ...placesIn((data as Record<string | number, unknown>)[key]),
  ]);
}

const change = fc.record({
  at: fc.double({ min: 0, max: 0.999_999, noNaN: true }),
  other: fc.double({ min: 0, max: 0.999_999, noNaN: true }),
  kind: fc.constantFrom("remove", "replace", "rename", "copy", "swap"),
  value: oddValue,
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function changed(data: unknown, { at, other, kind, value }: Change): void {
  const places = placesIn(data);
  const here = places[Math.floor(at * places.length)];
  const there = places[Math.floor(other * places.length)];
  if (here === undefined || there === undefined) return;
  const holder = here.holder as Record<string | number, unknown>;
  const elsewhere = structuredClone((there.holder as Record<string | number, unknown>)[there.key]);
  if (kind === "replace") holder[here.key] = structuredClone(value);
  else if (kind === "copy") holder[here.key] = elsewhere;
  else if (kind === "rename" && !Array.isArray(here.holder)) {
    holder[`${String(there.key)}`] = holder[here.key];
    delete holder[here.key];
  } else if (kind === "swap") {
    (there.holder as Record<string | number, unknown>)[there.key] = structuredClone(holder[here.key]);
    holder[here.key] = elsewhere;
  } else if (Array.isArray(here.holder)) here.holder.splice(Number(here.key), 1);
  else delete holder[here.key];
}

// The YAML library makes an error object for each thing it finds, and most of its time would go into their stacks.
const { stackTraceLimit } = Error;
beforeAll(() => {
  Error.stackTraceLimit = 0;
});
afterAll(() => {
  Error.stackTraceLimit = stackTraceLimit;
});

describe("parseFlow on any text", () => {
  it(
    "ends in a flow or in errors when characters of a preset are replaced",
    () => {
      fc.assert(
        fc.property(mutated, (text) => {
          holds(text);
        }),
        share(0.7),
      );
    },
    timeout,
  );

  it(
    "ends in a flow or in errors when parts of a preset stand elsewhere, and some of them are flows",
    () => {
      const sources = texts.map((text) => readSource(text, "f").source?.data);
      let flows = 0;
      fc.assert(
        fc.property(
          fc.constantFrom(...sources),
          fc.array(change, { minLength: 1, maxLength: 3 }),
          (source, changes) => {
            const data = JSON.parse(JSON.stringify(source));
            for (const each of changes) changed(data, each);
            // JSON is YAML, too.
            const { value } = holds(JSON.stringify(data));
            if (value !== undefined) flows++;
          },
        ),
        share(0.2),
      );
      expect(flows).toBeGreaterThan(runs * 0.2 * 0.02);
    },
    timeout,
  );

  it(
    "ends in errors for bytes that are no text, and for any text at all",
    () => {
      const bytes = fc
        .tuple(fc.constantFrom(...texts), fc.uint8Array({ minLength: 1, maxLength: 8 }), fc.nat(2000))
        .map(([text, odd, at]) => {
          const whole = Buffer.from(text);
          return Buffer.concat([whole.subarray(0, at), odd, whole.subarray(at)]).toString("utf8");
        });
      const any = fc.oneof(bytes, fc.string({ unit: "binary", maxLength: 200 }), fc.string({ maxLength: 60 }));
      fc.assert(
        fc.property(any, (text) => {
          holds(text);
        }),
        share(0.1),
      );
    },
    timeout,
  );

  it.each(presetNames)("reads the preset %s the same with other line ends and a byte order mark", (name) => {
    const text = renderPreset(name);
    const plain = parseFlow(text, { file: "f" }).value;
    expect(plain).toBeDefined();
    expect(parseFlow(`\uFEFF${text}`, { file: "f" }).value).toEqual(plain);
    expect(parseFlow(text.replaceAll("\n", "\r\n"), { file: "f" }).value).toEqual(plain);
  });

  it.each([
    ["a key that every object has", "teams: { __proto__: [ann] }", "bad-name"],
    ["a name that every object has", "teams: { constructor: [ann] }", "bad-name"],
    ["an alias", "teams: { a: &x [ann], b: *x }", "yaml-alias"],
    ["a tab before a key", "teams:\n\ta: [ann]", "yaml-syntax"],
    ["deep brackets", `teams: ${"[".repeat(5000)}`, "nested-too-deep"],
    ["deep blocks", Array.from({ length: 1000 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n"), "nested-too-deep"],
    ["a long list", `teams: { a: [${"ann, ".repeat(20_000)}] }`, "bad-value"],
    ["more than a flow needs", `# ${"x".repeat(1_000_000)}`, "file-too-large"],
    ["an older YAML", "%YAML 1.1\n---\nversion: 1", "yaml-version"],
    ["two documents", "version: 1\n---\nversion: 1", "yaml-syntax"],
  ])("refuses %s", (_, text, code) => {
    expect(holds(text).diagnostics.map((diagnostic) => diagnostic.code)).toContain(code);
  });
});
