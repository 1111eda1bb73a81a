import * as z from "zod";
import { type StepKind, stepSchemas, storySchema } from "../../src/worlds/stories/step-schema.ts";
import { type KeySchema, shapesOf } from "./flow-file-keys.ts";
import { row, table } from "./table.ts";

type Keys<T extends keyof typeof stepSchemas> = keyof z.input<(typeof stepSchemas)[T]>;

/** What each key of a story means; a new one has no words here, and then this does not compile. */
const storyMeanings: Readonly<Record<keyof z.input<typeof storySchema>, string>> = {
  story: "its title, a sentence",
  preset: "the flow it tells about, by the name of a preset; this or `flow`",
  flow: "the flow file it tells about, from the story's own folder",
  people:
    "everybody with their teams: `{ ann: [owners], eve: [] }`. Who is in no team may push branches, open and comment",
  at: "when it starts. Default: 2026-01-06T10:00:00Z, a Tuesday",
  start:
    "`applied`: every shared stack was applied and verified at the first commit. `empty`: nothing was. Default: applied",
  modules: "folders of modules with who uses them: `{ modules/queue: [app] }`",
  owners: 'what CODEOWNERS says: `{ "stacks/net/**": [carl] }`',
  steps: "what happens, in order",
};

/** What happens in each step. */
const stepMeanings: Readonly<Record<StepKind, string>> = {
  push: "commits are pushed. `from` starts the branch, `rewrite` throws its own commits away, `force` goes past the forge's rules as an administrator. `changes` are paths, or paths with their texts",
  open: "a pull request is opened; `as` names it for later steps, `issue` links one besides those that `body` closes",
  review: "a review; `dismiss` takes the one `of` somebody back",
  comment: "a comment on the pull request, or on the commit that `branch` points at: `/plangate hold`",
  label: "labels are set and taken off",
  edit: "title, text or base of the pull request change",
  ready: "a draft becomes ready",
  close: "it is closed without being merged",
  reopen: "it is opened again",
  "update-branch": "the base is merged into the branch",
  "delete-branch": "the branch is deleted",
  merge: "it is merged; `force` goes past the forge's rules as an administrator",
  dispatch: "a job is started by its name, for a branch or tag",
  gate: "somebody answers a gate of the flow, or the approvals of an environment",
  schedule: 'the clock starts the rows with this cron; `schedule: "0 1 * * *"` will do',
  release:
    "a release is made by hand, past plangate; with `force` the tag of one that is there is moved, as an administrator",
  rerun: "the last run is started again, of `stack` when that is named",
  wait: "the clock moves; `wait: 2h` will do",
  outside:
    "somebody acts past plangate: `drift` changes objects, `state` moves the serial, `lineage` puts another state in its place. `during: apply` drifts while the next apply is under way, so that its verification fails",
  replan: "what the next plan of the stack gives",
  crash: "what is under way on the stack dies, else what comes next",
  settings:
    "somebody changes what the forge enforces, and plangate hears nothing of it. Of a `branch`: `reviews: off`, `checks: off`, `pushes: open`, `methods: any`; at the gate of an `environment`: `reviewers: anybody`. Back again: `on`, `closed`, `listed`",
  expect: "what happened since the last `expect`; see below",
};

const expectationMeanings: Readonly<Record<Keys<"expect">, string>> = {
  applied: "stacks that were applied. Left out it means none",
  destroyed: "stacks that were destroyed. Left out it means none",
  planned: "stacks with a new plan that changes something",
  verified: "stacks whose apply was proven",
  superseded: "stacks whose plan another one took the place of",
  commented: "stacks whose plan was shown",
  released: "tags that were made",
  refused: "what will not go on, each with its reason",
  waiting: "what waits, each with its reason",
  interrupted: "applies that were cut off",
  drifted: "stacks whose objects were found changed",
  flagged: "what people should look at: a stack or a branch, with its reason",
  opened: "pull requests that plangate opened, by what they are for: `back-merge`",
  issues: "issues that were opened and closed, by the reason they tell of",
  checks: "what is reported for the commit: `{ check: pass }`",
  blocked: "whether the forge itself refused a step: a merge that may not be, a gate that nothing waits at",
};

/** The three tables of docs/stories.md. */
export function renderStoryKeys(): string {
  return table(
    ["key", "means"],
    Object.entries(storyMeanings).map(([key, means]) => row(marked(key, fieldsOf(storySchema)), means)),
  );
}

export function renderSteps(): string {
  const rows = Object.entries(stepMeanings).map(([kind, means]) => {
    const fields = fieldsOf(stepSchemas[kind as StepKind]);
    const told =
      kind === "expect"
        ? ""
        : Object.keys(fields)
            .map((field) => marked(field, fields))
            .join(", ");
    return row(`\`${kind}\``, told, means);
  });
  return table(["step", "fields", "what happens"], rows);
}

export function renderExpectations(): string {
  const rows = Object.entries(expectationMeanings).map(([key, means]) => row(`\`${key}\``, means));
  return table(["key", "what it compares"], rows);
}

type Fields = Readonly<Record<string, { readonly values: string; readonly required: boolean }>>;

/** The fields of a step as people write them. A step that may be one word has the fields of its long form. */
function fieldsOf(schema: z.ZodType): Fields {
  const json = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as KeySchema;
  const long = shapesOf(json).find(({ properties }) => properties !== undefined);
  return Object.fromEntries(
    Object.entries(long?.properties ?? {}).map(([name, property]) => {
      const words = shapesOf(property).flatMap(({ enum: one }) => one ?? []);
      return [name, { values: words.join(" / "), required: long?.required?.includes(name) === true }];
    }),
  );
}

/** Required fields are bold, and those that take certain words say which. */
function marked(field: string, fields: Fields): string {
  const { values, required } = fields[field] ?? { values: "", required: false };
  const told = values === "" ? `\`${field}\`` : `\`${field}\`: ${values}`;
  return required ? `**${told}**` : told;
}
