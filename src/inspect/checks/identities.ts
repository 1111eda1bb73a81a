import { identitiesIn } from "../../domain/identity.ts";
import { each, problem } from "../../flow/check.ts";
import { listText } from "../../flow/issues.ts";
import type { Place } from "../../flow/place.ts";
import { automaticFiles, folderKey } from "../automatic-files.ts";
import type { InspectedStacks, StackCheck } from "../check.ts";
import { environmentReader } from "../environment-words.ts";
import { namedFilesOf } from "./named-files.ts";

interface Use {
  readonly identity: string;
  readonly environment: string;
  readonly key: string;
  readonly place: Place;
}

/**
 * Every identity that files name belongs to one environment: none is used by two, none is named after another one, and
 * none can be taken by another one's workflow.
 */
export const everyIdentityHasOneEnvironment: StackCheck = {
  name: "every-identity-has-one-environment",
  find(about) {
    const names = about.flow.environments.map(({ name }) => name);
    const read = environmentReader(names);
    const owners = new Map<string, Use>();
    const used = each(usesOf(about), (use) => {
      const { identity, environment, key, place } = use;
      const named = read(identity);
      if (named.size > 0 && !named.has(environment)) {
        const summary = `"${key}" gives ${environment} the identity ${identity}, which is named after ${listText([...named], "and")}.`;
        return [problem("identity-of-another", place, [summary, `Give ${environment} an identity of its own.`])];
      }
      const owner = owners.get(identity) ?? use;
      owners.set(identity, owner);
      if (owner.environment === environment) return [];
      const summary = `${environment} and ${owner.environment} use one identity, ${identity}, so each can change the other.`;
      return [problem("identity-shared", place, [summary, "Give each environment an identity of its own."])];
    });
    const trusted = each(trustsOf(about, names), ({ within, environments, place }) => {
      const [own, ...more] = read(within);
      const foreign = own === undefined || more.length > 0 ? [] : environments.filter((name) => name !== own);
      if (own !== undefined && foreign.length > 0) {
        const summary = `"${within}" is of ${own}, and workflows of ${listText(foreign, "and")} can act as it.`;
        return [problem("identity-of-another", place, [summary, `Trust \`:environment:${own}\` only.`])];
      }
      if (environments.length < 2) return [];
      const summary = `Workflows of ${listText(environments, "and")} can all act as one identity.`;
      return [
        problem("identity-shared", place, [summary, "Write one identity for each environment, with its subject."]),
      ];
    });
    return { count: used.count + trusted.count, diagnostics: [...used.diagnostics, ...trusted.diagnostics] };
  },
};

/** Once for each environment and place: stacks share files and root modules. */
function usesOf(about: InspectedStacks): readonly Use[] {
  const automatic = automaticFiles(about.survey);
  const found = new Map<string, Use>();
  const seen = new Set<string>();
  const add = (use: Use) => {
    const { file, line, column } = use.place;
    found.set(`${use.environment} ${file}:${line}:${column} ${use.identity}`, use);
  };
  for (const stack of about.stacks) {
    const { environment, root } = stack;
    for (const file of [...(automatic.get(folderKey(root)) ?? []), ...namedFilesOf(stack)]) {
      if (seen.has(`${environment} ${file}`)) continue;
      seen.add(`${environment} ${file}`);
      for (const { key, value, line, column } of about.survey.settings.get(file)?.settings ?? []) {
        for (const identity of identitiesIn(value)) add({ identity, environment, key, place: { file, line, column } });
      }
    }
    for (const given of stack.backend.filter((setting) => setting.includes("="))) {
      const [key = ""] = given.split("=", 1);
      for (const identity of identitiesIn(given)) add({ identity, environment, key, place: about.place(stack) });
    }
    if (seen.has(`${environment} ${root}/`)) continue;
    seen.add(`${environment} ${root}/`);
    for (const { file, line, column, within, key, value } of about.modules.in(root).values) {
      // Elsewhere a role is what is made or given rights, and not what the tool acts as.
      if (!/^(?:provider|terraform|data terraform_remote_state)\b/.test(within)) continue;
      for (const identity of identitiesIn(value)) add({ identity, environment, key, place: { file, line, column } });
    }
  }
  return [...found.values()];
}

interface Trusted {
  readonly within: string;
  readonly environments: readonly string[];
  readonly place: Place;
}

/** What each block or policy file trusts: the flow's environments that its subjects name. */
function trustsOf({ survey }: InspectedStacks, names: readonly string[]): readonly Trusted[] {
  const configured = [...survey.configuration].flatMap(([file, { subjects }]) =>
    subjects.map((subject) => ({ ...subject, file })),
  );
  const found = new Map<string, { within: string; environments: string[]; place: Place }>();
  for (const { text, within, file, line, column, operator } of [...configured, ...survey.subjects]) {
    const environment = /^repo:.*:environment:([^:]+)$/.exec(text)?.[1];
    if (environment === undefined || !names.includes(environment) || /Not/.test(operator ?? "")) continue;
    const about = within === "" ? (file.split("/").at(-1) ?? file) : within;
    const trusted = found.get(`${file} ${about}`) ?? { within: about, environments: [], place: { file, line, column } };
    found.set(`${file} ${about}`, trusted);
    if (!trusted.environments.includes(environment)) trusted.environments.push(environment);
  }
  return [...found.values()];
}
