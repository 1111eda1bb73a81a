import { nearestName } from "../../domain/diagnostic.ts";
import { type Check, type CheckedFlow, each, type Found, problem } from "../check.ts";
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

/** `appliesFrom: [release]` must not be readable in two ways, nor `by: [ann]`, nor an answer at `test`. */
export const everyNameMeansOneThing: Check = {
  name: "every-name-means-one-thing",
  find(about) {
    const found = [releaseNames(about), gateNames(about), instanceNames(about), teamNames(about)];
    return {
      count: found.reduce((sum, { count }) => sum + count, 0),
      diagnostics: found.flatMap(({ diagnostics }) => diagnostics),
    };
  },
};

function releaseNames(about: CheckedFlow): Found {
  const ids = about.flow.releases.map(({ id }) => id);
  return each(about.flow.releases, ({ id }, index) => {
    const other = about.names.branches.has(id) ? "a branch and a release" : "two releases";
    if (!about.names.branches.has(id) && ids.indexOf(id) === index) return [];
    const release = about.flow.releases[index] ?? {};
    return [
      problem("name-twice", about.place(release, "id"), [`"${id}" is ${other}.`, "Give one of them another name."]),
    ];
  });
}

function gateNames(about: CheckedFlow): Found {
  return each(about.flow.gates, (gate) =>
    about.names.environments.has(gate.name)
      ? [
          problem("name-twice", about.placeOfKey(gate), [
            `"${gate.name}" is a gate and an environment, whose own gate is called so.`,
            "Give the gate another name.",
          ]),
        ]
      : [],
  );
}

/** `ephemeral-12` is what pull request 12 has of `ephemeral`. */
function instanceNames(about: CheckedFlow): Found {
  const { environments } = about.flow;
  return each(environments, (environment) => {
    const [, of] = /^(.+)-\d+$/.exec(environment.name) ?? [];
    if (!environments.some(({ name, perPullRequest }) => perPullRequest && name === of)) return [];
    const text = `"${environment.name}" is what one pull request has of "${of}".`;
    return [problem("name-twice", about.placeOfKey(environment), [text, "Give it another name."])];
  });
}

function teamNames(about: CheckedFlow): Found {
  const { teams } = about.flow;
  return each(Object.entries(teams), ([name, team]) => {
    const listed = Object.values(teams).some(({ logins }) => logins.some((login) => login === name.toLowerCase()));
    const text = [`"${name}" is a team and a person.`, "Give the team another name."] as const;
    return listed ? [problem("name-twice", about.placeOfKey(team), text)] : [];
  });
}

/** A list that says a thing twice was meant to say another. */
export const nothingIsListedTwice: Check = {
  name: "nothing-is-listed-twice",
  find(about) {
    const { flow } = about;
    const inside = (parts: readonly object[], ...paths: readonly Path[]) =>
      parts.flatMap((part) => paths.map((path) => [part, path] as const));
    const lists: readonly (readonly [object, Path])[] = [
      ...inside(flow.branches, ["accepts"], ["merge"], ["backMerge"], ["reviews", "by"]),
      ...inside(flow.gates, ["by"], ["notBy"]),
      ...inside(flow.environments, ["appliesFrom"], ["after"], ["variables"], ["windows"]),
      ...inside(flow.environments, ["approvals", "by"], ["approvals", "notBy"]),
      ...inside(flow.stacks, ["in"], ["vars"], ["backend"], ["depends"]),
      ...inside(flow.when, ["on"], ["needs"], ["do"]),
      ...inside([flow.require], ["checks"], ["pull_request", "sections"]),
      ...inside(Object.values(flow.teams), []),
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
