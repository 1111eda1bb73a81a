import { describe, expect, it } from "vitest";
import { type BrokenPreset, saidOf, startsOf } from "./said-after.ts";

/** Each promise broken in a preset; that the presets keep it is tested where they are parsed. */
const cases: readonly BrokenPreset[] = [
  {
    name: "a branch starts from one branch",
    of: "gitflow",
    edits: [["develop: { accepts: [dev]", "develop: { cutFrom: dev, accepts: [dev]"]],
    said: ['cut-from-many: "dev" is many branches; nobody could say from which of them "develop" starts.'],
  },
  {
    name: "a back-merge goes into one branch",
    of: "gitflow",
    edits: [["backMerge: [develop]", "backMerge: [develop, dev, main]"]],
    said: [
      'back-merge-many: "dev" is many branches; a back-merge goes from one branch into one.',
      'back-merge-itself: "main" would be merged into itself.',
    ],
  },
  {
    name: "what a hotfix brings goes back",
    of: "integration-branch",
    edits: [["    backMerge: [development]\n", ""]],
    said: [
      'back-merge-missing (warning): What hotfix and cherry-pick brings to "main" never reaches development, and the next promotion may undo it.',
    ],
  },
  {
    name: "a promotion keeps its commits",
    of: "gitflow",
    edits: [["merge: merge, reviews", "merge: squash, reviews"]],
    said: [
      'promotion-rewritten (warning): A promotion from develop to "main" by squash makes other commits of it, so the two part and the next one may conflict.',
    ],
  },
  {
    name: "a ticket is asked for in one way",
    of: "trunk-demo",
    edits: [['cutFrom: main, maxAge: 7d }\n  # "Handle', 'cutFrom: main, ticket: optional, maxAge: 7d }\n  # "Handle']],
    said: ["key-without-effect: `match` asks for a ticket already."],
  },
  {
    name: "an age belongs to branches that open pull requests",
    of: "trunk-stored-plan",
    edits: [["main: { accepts: [work],", "main: { accepts: [work], maxAge: 7d,"]],
    said: ['key-without-effect: It has no pull requests: no branch accepts "main".'],
  },
  {
    name: "a module's folder and tag name the module",
    of: "trunk-stored-plan",
    edits: [['of: "modules/{module}", tag: "{module}-v{version}"', 'of: "modules", tag: "m-v{version}"']],
    said: [
      'bad-module-folder: "modules" has to hold {module}, once.',
      'bad-tag: "m-v{version}" has to hold {module}, once.',
    ],
  },
  {
    name: "a tag tells which release it is",
    of: "trunk-stored-plan",
    edits: [
      [
        '  # "merge -->',
        '  - { id: part, of: "parts/{module}", tag: "{module}-v{version}", from: main, on: merge }\n  # "merge -->',
      ],
    ],
    said: ['tag-of-two: A tag a-v1.0.0 would be "part" and "module".'],
  },
  {
    name: "the project has one version, released by somebody",
    of: "trunk-stored-plan",
    edits: [['  # "merge -->', '  - { id: again, tag: "r{version}", from: main, on: merge }\n  # "merge -->']],
    said: [
      'project-twice: The repository has one version, and "release" is it already.',
      "project-on-merge: The whole repository is released when somebody says so; only modules are by themselves.",
    ],
  },
  {
    name: "nothing is applied from the version of a module",
    of: "trunk-stored-plan",
    edits: [["appliesFrom: [release]", "appliesFrom: [release, module]"]],
    said: ['module-delivered: "module" is the version of a module, and nothing is applied from that.'],
  },
  {
    name: "what is released was looked at",
    of: "trunk-stored-plan",
    edits: [
      ["except: [main]", "except: [main, lab]"],
      ["  main: {", "  lab: { cutFrom: main, directPush: free }\n  main: {"],
      ['"{module}-v{version}", from: main', '"{module}-v{version}", from: lab'],
    ],
    said: ['release-unprotected (warning): "module" would be made from "lab", where nobody has to look at a change.'],
  },
];

describe("checks of branches and releases", () => {
  it.each(cases)("$name", (broken) => {
    expect(saidOf(broken)).toEqual(startsOf(broken));
  });
});
