import { expect, it } from "vitest";
import { parseFlow, presetNames, renderPreset } from "../../flow/index.ts";
import { settingsOf } from "./compile.ts";

/** What is told of who may alter what governs delivery, with what stands in the flow there. */
function told(text: string, defaultBranch = "main") {
  const { value, placeOf, diagnostics } = parseFlow(text, { file: "plangate.yaml" });
  if (value === undefined || placeOf === undefined) throw new Error(JSON.stringify(diagnostics));
  const lines = text.split("\n");
  return settingsOf(value, { flowFile: "plangate.yaml", defaultBranch, placeOf })
    .diagnostics.filter(({ code }) => code === "delivery-open" || code === "owner-alone")
    .map(({ code, severity, summary, hint, file, line = 0, column = 0 }) => ({
      said: `${severity} ${code}: ${summary} ${hint}`,
      at: `${file}: ${(lines[line - 1] ?? "").slice(column - 1, column + 11)}`,
    }));
}

const trunk = renderPreset("trunk-demo");
const reviews = "reviews: { count: 1, by: owners }";
const owners = /owners: \[.*\]/;

it("is nothing where the flow names two people, or a team of the forge", () => {
  for (const name of presetNames) expect(told(renderPreset(name))).toEqual([]);
  expect(told(trunk.replace(owners, "owners: acme/owners"))).toEqual([]);
});

it("is that nobody merges what the only owner alters, where that is no review of the flow's", () => {
  const one = trunk.replace(owners, "owners: [ann]");
  // The flow's own check tells it, with the same place.
  expect(told(one)).toEqual([]);
  expect(parseFlow(one, { file: "plangate.yaml" }).diagnostics).toContainEqual(
    expect.objectContaining({ code: "gate-needs-everybody", hint: expect.stringContaining("`assurance: solo`") }),
  );
  const [alone, ...others] = told(one.replace(reviews, "reviews: { count: 1 }"));
  expect(others).toEqual([]);
  expect(alone?.said).toMatch(
    /^warning owner-alone: ann alone owns .* never merged\. Name a second person\. .*`assurance: solo`/,
  );
  expect(alone?.at).toBe("plangate.yaml: reviews: { c");
});

it("is what one person gives up, where that is all there is", () => {
  const solo = trunk
    .replace(owners, "owners: [ann]")
    .replace("assurance: team", "assurance: solo")
    .replace(`\n    ${reviews}`, "");
  const [open, ...others] = told(solo);
  expect(others).toEqual([]);
  expect(open?.said).toMatch(
    /^warning delivery-open: .* nobody is asked before ann merges into "main".* Let nobody else write/,
  );
  expect(open?.at).toBe("plangate.yaml: assurance: s");
});

it("is that anybody may alter it, where nobody is named, or the default branch takes pushes", () => {
  const nobody = renderPreset("gitflow")
    .replace("count: 1, by: devops", "count: 1")
    .replace(/^ *(?:approvals|emergency): .*\n/gm, "");
  expect(told(nobody)).toMatchObject([
    {
      said: expect.stringMatching(/^warning delivery-open: The flow names nobody .*two people who may write/),
      at: "plangate.yaml: reviews: { c",
    },
  ]);
  const pushed = trunk.replace(reviews, `${reviews}\n    directPush: { lines: 5, files: 1 }`);
  expect(told(pushed)).toMatchObject([
    {
      said: expect.stringMatching(/^warning delivery-open: "main", the default branch, takes pushes/),
      at: "plangate.yaml: main:",
    },
  ]);
  expect(told(trunk, "trunk")).toMatchObject([{ said: expect.stringContaining('"trunk", the default branch') }]);
});
