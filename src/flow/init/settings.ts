import { stackNameOf } from "../stack-name.ts";
import { fill, hasWord } from "../templates.ts";
import type { ConfigurationFolder } from "./configuration.ts";
import { type EnvironmentNames, templateFor } from "./environment-words.ts";

/** Files of settings for a group of root modules, and what had to be assumed. */
export interface ProposedSettings {
  readonly backend: readonly string[];
  readonly vars: readonly string[];
  /** To stand as comments beside the entry. */
  readonly assumed: readonly string[];
}

interface Described {
  readonly template: string;
  readonly names: readonly string[];
  readonly folders: readonly ConfigurationFolder[];
}

/** Files that may hold variables or backend settings, without those that Terraform reads by itself. */
export function settingFiles(paths: readonly string[]): readonly string[] {
  const own =
    /(?:^|\/)(?:\.[^/]*|terragrunt|[^/]*\.pkr|[^/]*\.pkrvars)\.hcl$|(?:^|\/)(?:terraform|[^/]*\.auto)\.tfvars(?:\.json)?$/;
  return paths.filter((path) => /\.(?:tfvars(?:\.json)?|hcl|tfbackend)$/.test(path) && !own.test(path));
}

/** Which of the files are a group's: those that are there for each of its stacks in each environment. */
export function settingsOf(
  group: Described,
  about: { files: readonly string[]; environments: EnvironmentNames; others: readonly Described[] },
): ProposedSettings {
  const { fitting, partial } = templatesOf(group, about);
  const isVars = (file: string) => /\.tfvars(?:\.json)?$/.test(file);
  const backendFiles = fitting.filter((file) => !isVars(file));
  const place = statePlace(group, backendFiles, about.environments.bySlot.ephemeral !== undefined);
  return {
    backend: [...backendFiles, ...place.settings],
    vars: fitting.filter(isVars),
    assumed: [
      ...place.assumed,
      ...partial.slice(0, 3).map((file) => `${file} is not there for every stack and environment, so it is left out`),
    ],
  };
}

function templatesOf(
  { template: root, names }: Described,
  {
    files,
    environments,
    others,
  }: { files: readonly string[]; environments: EnvironmentNames; others: readonly Described[] },
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

/** The setting of a kind of backend that says where in it a state lies. */
const placeSettings: Readonly<Record<string, { readonly name: string; readonly end: string }>> = {
  s3: { name: "key", end: "/terraform.tfstate" },
  azurerm: { name: "key", end: ".tfstate" },
  gcs: { name: "prefix", end: "" },
  oss: { name: "prefix", end: "" },
  cos: { name: "prefix", end: "" },
  consul: { name: "path", end: "" },
  local: { name: "path", end: ".tfstate" },
};

/** What has to be added so that every stack has a state of its own. */
function statePlace(
  { template, names, folders }: Described,
  backendFiles: readonly string[],
  hasInstances: boolean,
): { settings: readonly string[]; assumed: readonly string[] } {
  const kind = folders[0]?.backend ?? null;
  const place = kind !== null && Object.hasOwn(placeSettings, kind) ? placeSettings[kind] : undefined;
  const texts = [template, ...backendFiles];
  const needsEnvironment = !texts.some((text) => hasWord(text, "environment"));
  const saysItself = folders.every(({ settings }) => place !== undefined && settings.includes(place.name));
  const needsStack =
    names.length > 0 && backendFiles.length > 0 && !backendFiles.some((text) => hasWord(text, "stack")) && !saysItself;
  if (!needsEnvironment && !needsStack && !hasInstances) return { settings: [], assumed: [] };
  if (place === undefined) {
    if (hasInstances)
      return {
        settings: [],
        assumed: ["every pull request needs a state of its own; put {instance} into a setting of `backend`"],
      };
    if (!needsEnvironment)
      return { settings: [], assumed: ["each root's own backend block has to say where its state lies"] };
    const why =
      kind === null
        ? "the configuration has no backend, so it needs one"
        : `nothing says where the backend "${kind}" keeps each environment`;
    return { settings: ["environments/{environment}/backend.hcl"], assumed: [`${why}; write these files`] };
  }
  // Where nothing but the path says where a state lies, no file can keep environments apart beside it.
  const words = [
    ...(needsEnvironment || kind === "local" ? ["{environment}"] : []),
    ...(names.length > 0 ? ["{stack}"] : hasInstances ? [stackNameOf({ root: template }) ?? "main"] : []),
  ];
  const why = needsEnvironment
    ? "no file of backend settings names an environment"
    : needsStack
      ? "all stacks share these settings"
      : "every pull request has a state of its own";
  const setting = `${place.name}=${stateKey(words, place.end, hasInstances)}`;
  return {
    settings: [setting],
    assumed: [`${why}, so "${place.name}" tells the states apart; change it if existing state lies elsewhere`],
  };
}

/** The place of a state: `{stack}/{instance}terraform.tfstate`, `{environment}/{instance}{stack}.tfstate`. */
function stateKey(words: readonly string[], end: string, hasInstances: boolean): string {
  const instance = hasInstances ? "{instance}" : "";
  if (end.startsWith("/")) return `${words.join("/")}/${instance}${end.slice(1)}`;
  return [...words.slice(0, -1), `${instance}${words.at(-1) ?? ""}${end}`].join("/");
}
