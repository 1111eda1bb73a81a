import { entryOf, flowKeys, type Key, type KeySchema, keysOf, shapesOf } from "./flow-file-keys.ts";
import { type Section, sections, stepMeanings } from "./flow-file-sections.ts";
import { row, table } from "./table.ts";

/** docs/reference/flow-file.md: every key of the schema, in the words that editors show, with an example for each section. */
export function renderFlowFile(): string {
  return [
    "# The flow file",
    "<!-- Made from src/flow/schema.ts and scripts/docs/flow-file-sections.ts by `npm run docs`; change it there. -->",
    "`plangate.yaml` at the top of the repository says how Terraform is delivered: who may go where, who may say yes, what exists, and what happens when. It is YAML 1.2, with no anchors and no expressions. The file in force is the one on the protected branch; a pull request that changes it is judged by the flow before it.",
    "An unknown key is an error, and so is a name that stands for nothing: `plangate check` tells each with its line and the nearest name that there is. Editors complete and check the file with [schema/plangate.schema.json](../../schema/plangate.schema.json).",
    "The examples of this page together are one flow file, and a test reads it. Whole flows stand in [presets.md](../presets.md).",
    "Durations are `30m`, `4h`, `14d` or `2w`. A name is made of letters, digits, `.`, `_` and `-`. People are the name of a team, or a list of logins.",
    ...sections.flatMap(sectionText),
  ].join("\n\n");
}

function sectionText(section: Section): readonly string[] {
  const { keys, says, example, instead } = section;
  const title = `## ${keys.map((key) => `\`${key}\``).join(", ")}`;
  const shown = [example, ...(instead === undefined ? [] : [instead])].map(
    (one) => `\`\`\`yaml\n${one.trim()}\n\`\`\``,
  );
  return [title, ...says, shown.join("\n\nor\n\n"), ...tablesOf(keys)];
}

/** The keys of a section: those named when they stand for a value each, else the keys of an entry. */
function tablesOf(names: readonly string[]): readonly string[] {
  const [first = "", ...others] = names;
  const schema = flowKeys.properties?.[first];
  if (schema === undefined) throw new Error(`the schema has no key "${first}"`);
  if (first === "when") return [stepTable(), ...rowTables(schema)];
  const entry = entryOf(schema);
  if (others.length === 0 && entry.properties !== undefined) return [keyTable(keysOf(entry))];
  return [keyTable(keysOf(flowKeys).filter(({ key }) => names.includes(key)))];
}

function rowTables(schema: KeySchema): readonly string[] {
  return shapesOf(entryOf(schema)).flatMap((shape) => {
    const on = shape.properties?.on;
    if (on === undefined) throw new Error("a row has no `on`");
    const word = on.const === undefined ? "[pull_request, push]" : String(on.const);
    return [`### \`on: ${word}\``, on.description ?? "", keyTable(keysOf(shape).filter(({ key }) => key !== "on"))];
  });
}

function stepTable(): string {
  return table(
    ["step", "does"],
    Object.entries(stepMeanings).map(([step, means]) => row(`\`${step}\``, means)),
  );
}

function keyTable(keys: readonly Key[]): string {
  const rows = keys.map(({ key, values, otherwise, means }) => row(`\`${key}\``, values, otherwise, means));
  return table(["key", "values", "default", "means"], rows);
}
