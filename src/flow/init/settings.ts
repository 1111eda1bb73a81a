import { fill, hasWord } from "../templates.ts";
import { type EnvironmentNames, templateFor } from "./environment-words.ts";
import { type DescribedRoots, proposePlace, type SaidOfStates } from "./state-places.ts";

/** Files of settings for a group of root modules, and what had to be assumed. */
export interface ProposedSettings {
  readonly backend: readonly string[];
  /** More of them for the environment per pull request; where there are any, it has an entry of its own. */
  readonly ofInstances: readonly string[];
  readonly vars: readonly string[];
  /** To stand as comments beside the entry. */
  readonly assumed: readonly string[];
  /** For people to read before they go on. */
  readonly notes: readonly string[];
}

/** Files that may hold variables or backend settings, without those that Terraform reads by itself. */
export function settingFiles(paths: readonly string[]): readonly string[] {
  const own =
    /(?:^|\/)(?:\.[^/]*|terragrunt|[^/]*\.pkr|[^/]*\.pkrvars)\.hcl$|(?:^|\/)(?:terraform|[^/]*\.auto)\.tfvars(?:\.json)?$/;
  return paths.filter((path) => /\.(?:tfvars(?:\.json)?|hcl|tfbackend)$/.test(path) && !own.test(path));
}

/** Which of the files are a group's: those that are there for each of its stacks in each environment. */
export function settingsOf(
  group: DescribedRoots,
  about: {
    readonly files: readonly string[];
    readonly environments: EnvironmentNames;
    readonly others: readonly DescribedRoots[];
    readonly said: SaidOfStates;
  },
): ProposedSettings {
  const { fitting, partial } = templatesOf(group, about);
  const isVars = (file: string) => /\.tfvars(?:\.json)?$/.test(file);
  const backendFiles = fitting.filter((file) => !isVars(file));
  const place = proposePlace({ group, files: backendFiles, environments: about.environments, said: about.said });
  return {
    backend: [...backendFiles, ...place.settings],
    ofInstances: place.ofInstances,
    notes: place.notes,
    vars: fitting.filter(isVars),
    assumed: [
      ...place.assumed,
      ...partial.slice(0, 3).map((file) => `${file} is not there for every stack and environment, so it is left out`),
    ],
  };
}

function templatesOf(
  { template: root, names }: DescribedRoots,
  {
    files,
    environments,
    others,
  }: { files: readonly string[]; environments: EnvironmentNames; others: readonly DescribedRoots[] },
): { fitting: readonly string[]; partial: readonly string[] } {
  const present = new Set(files);
  // Of what is not there yet, no file is either.
  const known = environments.found;
  const places = (names.length === 0 ? [""] : names).flatMap((stack) =>
    known.map((environment) => ({ environment, stack })),
  );
  const templates = new Set<string>();
  for (const file of files) {
    const isElsewhere = others.some((other) => liesUnder(file, other.template)) && !liesUnder(file, root);
    if (isElsewhere) continue;
    for (const environment of known) {
      const byEnvironment = templateFor(file, environment, "{environment}");
      const stack = names.find((name) => templateFor(byEnvironment, name, "{stack}") !== byEnvironment);
      const template = stack === undefined ? byEnvironment : templateFor(byEnvironment, stack, "{stack}");
      if (hasWord(template, "environment")) templates.add(template);
    }
  }
  const fits = (template: string) => places.filter((place) => present.has(fill(template, place))).length;
  const all = [...templates].toSorted();
  return {
    fitting: all.filter((file) => fits(file) === places.length),
    partial: all.filter((file) => fits(file) < places.length),
  };
}

/** Whether a file lies in the folders of a root, as far as they are the same everywhere. */
function liesUnder(file: string, root: string): boolean {
  const fixed = root.includes("{") ? root.slice(0, root.indexOf("{")) : `${root}/`;
  return fixed !== "" && fixed !== "./" && file.startsWith(fixed);
}
