import { nearestName } from "../../domain/diagnostic.ts";
import { type Check, type CheckedFlow, each, problem } from "../check.ts";
import { listText } from "../issues.ts";
import { parseNeed } from "../normalise-row.ts";
import type { Path } from "../place.ts";

type Kind = "branch" | "environment" | "team" | "gate" | "branch or release" | "release";

/** A name that the file uses, and where. */
export interface Use {
  readonly name: string;
  readonly kind: Kind;
  readonly part: object;
  readonly inside: Path;
}

/** Every use of a name that nothing in the file has. */
export function unknownNames(about: CheckedFlow): readonly Use[] {
  return usesOf(about).filter(({ name, kind }) => !namesOf(kind, about).has(name));
}

/** Whatever is named is there. */
export const everyNameExists: Check = {
  name: "every-name-exists",
  find(about) {
    return each(usesOf(about), ({ name, kind, part, inside }) => {
      const known = namesOf(kind, about);
      if (known.has(name)) return [];
      const meant = nearestName(name, known);
      const there = known.size === 0 ? `There is none in the file.` : `There is ${listText([...known], "and")}.`;
      const login = kind === "team" ? ` For a person, write a list: [${name}].` : "";
      const hint = (meant === undefined ? there : `Did you mean "${meant}"?`) + login;
      const code = `unknown-${kind === "branch or release" ? "ref" : kind}`;
      return [problem(code, about.place(part, ...inside), [`There is no ${kind} "${name}".`, hint])];
    });
  },
};

function namesOf(kind: Kind, { names }: CheckedFlow): ReadonlySet<string> {
  if (kind === "branch or release") return new Set([...names.branches, ...names.releases]);
  const of = {
    branch: "branches",
    environment: "environments",
    team: "teams",
    gate: "gates",
    release: "releases",
  } as const;
  return names[of[kind]];
}

function usesOf(about: CheckedFlow): readonly Use[] {
  const { flow, written } = about;
  const uses: Use[] = [];
  const use = (part: object, kind: Kind, ...keys: Path): void => {
    const value = written(part, ...keys);
    if (typeof value === "string") uses.push({ name: value, kind, part, inside: keys });
    else if (Array.isArray(value)) {
      for (const [index, name] of value.entries())
        uses.push({ name: String(name), kind, part, inside: [...keys, index] });
    }
  };
  for (const branch of flow.branches) {
    use(branch, "branch", "cutFrom");
    use(branch, "branch", "accepts");
    use(branch, "branch", "backMerge");
    useTeam(branch, "reviews", { uses, about });
  }
  for (const environment of flow.environments) {
    use(environment, "branch or release", "appliesFrom");
    use(environment, "environment", "after");
    useTeam(environment, "approvals", { uses, about });
  }
  for (const gate of flow.gates) useTeam(gate, null, { uses, about });
  for (const stack of flow.stacks) use(stack, "environment", "in");
  for (const release of flow.releases) use(release, "branch", "from");
  for (const row of flow.when) {
    use(row, "branch", "into");
    use(row, "branch", "to");
    use(row, "environment", "in");
    use(row, row.on === "release" ? "release" : "branch or release", "ref");
    use(row, "gate", "gate");
    useNeeds(row, uses, about);
  }
  return uses;
}

/** A single word names a team; a list names people, of whom nobody can say whether they exist. */
function useTeam(part: object, key: string | null, { uses, about }: { uses: Use[]; about: CheckedFlow }): void {
  const inside = [...(key === null ? [] : [key]), "by"];
  const by = about.written(part, ...inside);
  if (typeof by === "string") uses.push({ name: by, kind: "team", part, inside });
}

function useNeeds(row: object, uses: Use[], about: CheckedFlow): void {
  const needs = about.written(row, "needs");
  if (!Array.isArray(needs)) return;
  for (const [index, text] of needs.entries()) {
    const need = parseNeed(String(text));
    if (need !== undefined)
      uses.push({ name: need.environment, kind: "environment", part: row, inside: ["needs", index] });
  }
}

/** `appliesFrom: [release]` must not be readable in two ways, nor `by: [ann]`. */
export const everyNameMeansOneThing: Check = {
  name: "every-name-means-one-thing",
  find(about) {
    const { flow, names } = about;
    const releases = each(flow.releases, (release) =>
      names.branches.has(release.id)
        ? [
            problem("name-twice", about.place(release, "id"), [
              `"${release.id}" is a branch and a release.`,
              "Give one of them another name.",
            ]),
          ]
        : [],
    );
    const teams = each(Object.entries(flow.teams), ([name, team]) => {
      const listed = Object.values(flow.teams).some(({ logins }) =>
        logins.some((login) => login === name.toLowerCase()),
      );
      const text = [`"${name}" is a team and a person.`, "Give the team another name."] as const;
      return listed ? [problem("name-twice", about.placeOfKey(team), text)] : [];
    });
    return { count: releases.count + teams.count, diagnostics: [...releases.diagnostics, ...teams.diagnostics] };
  },
};

/** A list that says a thing twice was meant to say another. */
export const nothingIsListedTwice: Check = {
  name: "nothing-is-listed-twice",
  find(about) {
    const { flow } = about;
    const lists: (readonly [object, Path])[] = [
      ...flow.branches.flatMap(
        (part) =>
          [
            [part, ["accepts"]],
            [part, ["reviews", "by"]],
          ] as const,
      ),
      ...flow.environments.flatMap((part) =>
        [["appliesFrom"], ["after"], ["variables"], ["approvals", "by"], ["approvals", "notBy"]].map(
          (path) => [part, path] as const,
        ),
      ),
      ...flow.stacks.flatMap(
        (part) =>
          [
            [part, ["in"]],
            [part, ["vars"]],
            [part, ["backend"]],
          ] as const,
      ),
      ...flow.when.flatMap(
        (part) =>
          [
            [part, ["needs"]],
            [part, ["do"]],
          ] as const,
      ),
      ...Object.values(flow.teams).map((part) => [part, []] as const),
    ];
    return each(lists, ([part, path]) => {
      const list = about.written(part, ...path);
      if (!Array.isArray(list)) return [];
      const items = list.map((item) => String(item).toLowerCase());
      return items.flatMap((item, index) =>
        items.indexOf(item) === index
          ? []
          : [
              problem("listed-twice", about.place(part, ...path, index), [
                `"${list[index]}" stands in this list twice.`,
              ]),
            ],
      );
    });
  },
};
