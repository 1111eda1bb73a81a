import { type Diagnostic, nearestName } from "../../domain/diagnostic.ts";
import { type Check, type CheckedFlow, each, problem } from "../check.ts";
import type { StackPattern } from "../flow.ts";
import { listText } from "../issues.ts";
import type { Path } from "../place.ts";
import { ofProject } from "../releases.ts";
import { stackNameOf } from "../stack-name.ts";
import { hasWord, wordsOf } from "../templates.ts";
import { tellsStatesApart } from "./state-place.ts";

interface Template {
  readonly part: object;
  readonly inside: Path;
  readonly text: string;
  readonly known: readonly string[];
}

/** Every `{word}` is one that is filled in there. */
export const everyTemplateIsKnown: Check = {
  name: "every-template-is-known",
  find: (about) =>
    each(templatesOf(about), ({ part, inside, text, known }) =>
      wordsOf(text).flatMap(({ word }) => {
        if (known.includes(word)) return [];
        const braced = known.map((name) => `{${name}}`);
        const meant = nearestName(word.replaceAll(/[{}]/g, ""), known);
        const hint = meant === undefined ? `Here there is ${listText(braced, "and")}.` : `Did you mean "{${meant}}"?`;
        const shown = word.includes("{") || word.includes("}") ? word : `{${word}}`;
        return [
          problem("unknown-template", about.place(part, ...inside), [`"${shown}" stands for nothing here.`, hint]),
        ];
      }),
    ),
};

function templatesOf({ flow, written }: CheckedFlow): readonly Template[] {
  const both = ["stack", "environment"];
  const stacks = flow.stacks.flatMap((part) => [
    { part, inside: ["root"], text: part.root, known: both },
    ...part.backend.map((text, index) => ({ part, inside: ["backend", index], text, known: [...both, "instance"] })),
    ...part.vars.map((text, index) => ({ part, inside: ["vars", index], text, known: both })),
    ...part.depends.map((text, index) => ({ part, inside: ["depends", index], text, known: both })),
    ...part.verify.flatMap((command, index) =>
      command.map((text, word) => ({
        part,
        inside: typeof written(part, "verify", index) === "string" ? ["verify", index] : ["verify", index, word],
        text,
        known: both,
      })),
    ),
  ]);
  const releases = flow.releases.flatMap((part) => [
    { part, inside: ["tag"], text: part.tag, known: ofProject(part) ? ["version"] : ["version", "module"] },
    { part, inside: ["of"], text: part.of, known: ["module"] },
  ]);
  return [...stacks, ...releases];
}

/** Every stack has a name, said in one place. */
export const everyStackHasAName: Check = {
  name: "every-stack-has-a-name",
  find: (about) =>
    each(about.flow.stacks, (stack) => {
      if (hasWord(stack.root, "stack")) {
        if (stack.name === undefined) return [];
        return [
          problem("key-without-effect", about.placeOfKey(stack, "name"), [
            "The stacks get their names from {stack} in `root`.",
            "Remove `name`.",
          ]),
        ];
      }
      if (stackNameOf(stack) !== undefined) return [];
      return [
        problem("missing-key", about.place(stack), [
          `The stack of "${stack.root}" has no name: no folder of it is the same everywhere.`,
          "Give it one with `name`.",
        ]),
      ];
    }),
};

const settingWithState = /^(?:key|path|prefix|address|workspaces|schema_name|conn_str|name)=/;

/** No two stacks write one state. What files of backend settings say is compared when the stacks are listed. */
export const noStateIsShared: Check = {
  name: "no-state-is-shared",
  find: (about) =>
    each(about.flow.stacks, (stack) => {
      const words = [stack.root, ...stack.backend].flatMap(wordsOf);
      // What an unknown word was meant to tell apart, nobody knows yet.
      if (words.some(({ word }) => !["stack", "environment", "instance"].includes(word))) return [];
      return [...sharedByEnvironments(stack, about), ...sharedByStacks(stack, about)];
    }),
};

function sharedByEnvironments(stack: StackPattern, about: CheckedFlow): readonly Diagnostic[] {
  const tellsApart = hasWord(stack.root, "environment") || tellsStatesApart(stack.backend, "environment");
  if (tellsApart || new Set(stack.in).size < 2) return [];
  const text = `${listText(stack.in, "and")} would share the state of "${stack.root}": nothing tells them apart.`;
  return [
    problem("state-shared", about.place(stack, "in"), [text, "Put {environment} into `backend`, or into `root`."]),
  ];
}

function sharedByStacks(stack: StackPattern, about: CheckedFlow): readonly Diagnostic[] {
  const index = stack.backend.findIndex((text) => settingWithState.test(text));
  if (index < 0 || !hasWord(stack.root, "stack") || tellsStatesApart(stack.backend, "stack")) return [];
  const text = `All stacks of "${stack.root}" would share one state: the setting is the same for all of them.`;
  return [problem("state-shared", about.place(stack, "backend", index), [text, "Put {stack} into it."])];
}

const secretSetting = /^[^=]*(?:secret|token|password|passwd|access_key|sas|credential|private_key)[^=]*=/i;

/** No key or password stands in the file. */
export const noSecretIsWritten: Check = {
  name: "no-secret-is-written",
  find(about) {
    const settings = about.flow.stacks.flatMap((stack) => stack.backend.map((text, index) => ({ stack, text, index })));
    return each(settings, ({ stack, text, index }) =>
      secretSetting.test(text)
        ? [
            problem("secret-in-flow", about.place(stack, "backend", index), [
              `"${text.slice(0, text.indexOf("="))}" is a secret, and this file is read by everybody.`,
              "Name an environment variable in `variables` instead.",
            ]),
          ]
        : [],
    );
  },
};
