import { type Check, each, problem } from "../check.ts";
import { onlyBranchOf } from "../match.ts";
import { ofProject } from "../releases.ts";
import { fill } from "../templates.ts";

/** A release is made by a row, as a tag that names its version, from one branch. */
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
        ...(from === undefined || onlyBranchOf(from) !== undefined
          ? []
          : [
              problem("release-from-many", about.place(release, "from"), [
                `"${from.name}" is many branches; a release is made from one.`,
              ]),
            ]),
      ];
    }),
};

/** A tag that Git takes, with the version in it once. */
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
      const sample = fill(release.tag, { version: "1.0.0", module: "a" });
      const taken = /^[\w.+/@-]*$/.test(sample) && !/\.\.|@\{|\/\/|^[/.-]|\/$|\.lock$|\.$/.test(sample);
      return taken ? [] : [problem("bad-tag", place, [`"${release.tag}" cannot be a tag in Git.`, hint])];
    }),
};
