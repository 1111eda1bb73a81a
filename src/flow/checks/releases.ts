import type { Diagnostic } from "../../domain/diagnostic.ts";
import { type Check, type CheckedFlow, each, problem, warning } from "../check.ts";
import type { BranchClass, ReleaseClass } from "../flow.ts";
import { onlyBranchOf } from "../match.ts";
import { ofProject, readTag } from "../releases.ts";
import { fill, wordsOf } from "../templates.ts";

/** A release is made by a row or by a merge, as a tag that names its version, from one branch. */
export const everyReleaseCanBeMade: Check = {
  name: "every-release-can-be-made",
  find: (about) =>
    each(about.flow.releases, (release) => {
      const from = about.flow.branches.find(({ name }) => name === release.from);
      const made =
        release.on === "merge" || about.flow.when.some((row) => row.do.includes("release")) || !about.isWhole("when");
      return [
        ...(made
          ? []
          : [
              problem("release-never-made", about.place(release), [
                `Nothing ever makes "${release.id}".`,
                "Add a row `{ on: dispatch, job: Release, do: [release] }`.",
              ]),
            ]),
        ...(from === undefined ? [] : whereItIsMade(release, from, about)),
        ...whatIsReleased(release, about),
      ];
    }),
};

function whereItIsMade(release: ReleaseClass, from: BranchClass, about: CheckedFlow): readonly Diagnostic[] {
  const place = about.place(release, "from");
  if (onlyBranchOf(from) === undefined)
    return [problem("release-from-many", place, [`"${from.name}" is many branches; a release is made from one.`])];
  if (from.protected && from.directPush !== "free") return [];
  const text = `"${release.id}" would be made from "${from.name}", where nobody has to look at a change.`;
  const hint = `Name a branch that is protected, or protect "${from.name}" with \`accepts\` or \`reviews\`.`;
  return [warning("release-unprotected", place, [text, hint])];
}

function whatIsReleased(release: ReleaseClass, about: CheckedFlow): readonly Diagnostic[] {
  if (ofProject(release)) {
    const first = about.flow.releases.find(ofProject);
    const found: Diagnostic[] = [];
    if (release.on === "merge")
      found.push(
        problem("project-on-merge", about.place(release, "on"), [
          "The whole repository is released when somebody says so; only modules are by themselves.",
          "Remove `on`.",
        ]),
      );
    if (first !== undefined && first !== release)
      found.push(
        problem("project-twice", about.place(release), [
          `The repository has one version, and "${first.id}" is it already.`,
          'Release folders with `of: "modules/{module}"`, or keep one of them.',
        ]),
      );
    return found;
  }
  const words = wordsOf(release.of);
  if (words.length === 1 && words[0]?.word === "module") return [];
  // What is wrong with other words is said where templates are looked at.
  if (words.some(({ word }) => word !== "module")) return [];
  return [
    problem("bad-module-folder", about.place(release, "of"), [
      `"${release.of}" has to hold {module}, once.`,
      'Write "modules/{module}", or project.',
    ]),
  ];
}

/** A tag that Git takes, with the version in it once, and the module where there is one. */
export const everyTagIsATag: Check = {
  name: "every-tag-is-a-tag",
  find: (about) =>
    each(about.flow.releases, (release) => {
      const words = ofProject(release) ? ["{version}"] : ["{version}", "{module}"];
      const place = about.place(release, "tag");
      const hint = ofProject(release) ? 'Write "v{version}".' : 'Write "{module}-v{version}".';
      const lacking = words.find((word) => release.tag.split(word).length !== 2);
      if (lacking !== undefined)
        return [problem("bad-tag", place, [`"${release.tag}" has to hold ${lacking}, once.`, hint])];
      const sample = sampleOf(release);
      const taken = /^[\w.+/@-]*$/.test(sample) && !/\.\.|@\{|\/\/|^[/.-]|\/$|\.lock$|\.$/.test(sample);
      return taken ? [] : [problem("bad-tag", place, [`"${release.tag}" cannot be a tag in Git.`, hint])];
    }),
};

const sampleOf = ({ tag }: ReleaseClass): string => fill(tag, { version: "1.0.0", module: "a" });

/** A tag tells what was released: no two kinds of release make the same one. */
export const everyTagTellsItsRelease: Check = {
  name: "every-tag-tells-its-release",
  find: (about) =>
    each(about.flow.releases, (release, index) => {
      const other = about.flow.releases
        .slice(0, index)
        .find((earlier) => isTagOf(earlier, release) || isTagOf(release, earlier));
      if (other === undefined) return [];
      const sample = isTagOf(other, release) ? sampleOf(release) : sampleOf(other);
      return [
        problem("tag-of-two", about.place(release, "tag"), [
          `A tag ${sample} would be "${other.id}" and "${release.id}".`,
          "Give one of them another tag.",
        ]),
      ];
    }),
};

function isTagOf(release: ReleaseClass, other: ReleaseClass): boolean {
  return readTag(release, sampleOf(other)) !== undefined;
}

/** What is delivered is the whole repository at a commit, so nothing is delivered by the version of one module. */
export const noModuleIsDelivered: Check = {
  name: "no-module-is-delivered",
  find(about) {
    const modules = new Set(about.flow.releases.filter((release) => !ofProject(release)).map(({ id }) => id));
    const uses = [
      ...about.flow.environments.flatMap((part) =>
        part.appliesFrom.map((name, index) => ({ part, name, inside: ["appliesFrom", index] })),
      ),
      ...about.flow.when.flatMap((part) => (part.ref === null ? [] : [{ part, name: part.ref, inside: ["ref"] }])),
    ];
    return each(uses, ({ part, name, inside }) =>
      modules.has(name)
        ? [
            problem("module-delivered", about.place(part, ...inside), [
              `"${name}" is the version of a module, and nothing is applied from that.`,
              "Name a branch class, or a release of the project.",
            ]),
          ]
        : [],
    );
  },
};
