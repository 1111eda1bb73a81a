import { saysStatePlace } from "../checks/state-place.ts";
import { stackNameOf } from "../stack-name.ts";
import { fill, hasWord } from "../templates.ts";
import type { ConfigurationFolder, SaidSetting } from "./configuration.ts";
import type { EnvironmentNames } from "./environment-words.ts";

/** A group of root modules: `names` are its stacks where the template has `{stack}`, else none. */
export interface DescribedRoots {
  readonly template: string;
  readonly names: readonly string[];
  readonly folders: readonly ConfigurationFolder[];
}

/** What the repository says of states besides the backend blocks. */
export interface SaidOfStates {
  /** By path: what files of backend settings say. */
  readonly files: ReadonlyMap<string, readonly SaidSetting[]>;
  /** What commands in the repository give as settings of a backend. */
  readonly commands: readonly SaidSetting[];
  /** By folder: what the tool remembers of a root module that was initialised on this machine. */
  readonly remembered: ReadonlyMap<string, readonly SaidSetting[]>;
}

/** What has to stand in the flow so that every stack has the state that it has already, or one of its own. */
export interface ProposedPlace {
  /** For every environment. */
  readonly settings: readonly string[];
  /** For the environment per pull request alone, whose states are new, where the others' lie is said elsewhere. */
  readonly ofInstances: readonly string[];
  /** To stand as comments beside the entry. */
  readonly assumed: readonly string[];
  /** For people to read before they go on. */
  readonly notes: readonly string[];
}

interface PlaceSetting {
  readonly name: string;
  readonly end: string;
  /** Whether a state outlives the run also where nothing says where. */
  readonly hasDefault: boolean;
}

/** The setting of a kind of backend that says where in it a state lies. */
const placeSettings: Readonly<Record<string, PlaceSetting>> = {
  s3: { name: "key", end: "/terraform.tfstate", hasDefault: false },
  azurerm: { name: "key", end: ".tfstate", hasDefault: false },
  gcs: { name: "prefix", end: "", hasDefault: true },
  oss: { name: "prefix", end: "", hasDefault: true },
  cos: { name: "prefix", end: "", hasDefault: true },
  consul: { name: "path", end: "", hasDefault: false },
  local: { name: "path", end: ".tfstate", hasDefault: false },
};

/** Stands where nobody but people can know what to write: no such word is ever filled in, so the flow is refused until they do. */
const unknownPlace = "{where-it-lies}";

interface Asked {
  readonly group: DescribedRoots;
  /** Templates of the files of backend settings that every stack of the group has. */
  readonly files: readonly string[];
  readonly environments: EnvironmentNames;
  readonly said: SaidOfStates;
}

/**
 * Where the states of a group lie. What files say is taken over: another place beside it would make every state that exists
 * look empty. Only where nobody says anything is a place proposed; where something says that it is known elsewhere, people
 * have to write it.
 */
export function proposePlace(asked: Asked): ProposedPlace {
  const { group, files, environments } = asked;
  const kind = group.folders[0]?.backend ?? null;
  const place = kind !== null && Object.hasOwn(placeSettings, kind) ? placeSettings[kind] : undefined;
  const hasInstances = environments.bySlot.ephemeral !== undefined;
  const needsEnvironment = ![group.template, ...files].some((text) => hasWord(text, "environment"));
  if (place === undefined) return withoutPlace(kind, { hasInstances, needsEnvironment });
  const proposed = proposedSetting(asked, place, needsEnvironment);
  const states = statesOf(asked).map((state) => ({ ...state, at: state.settings.get(place.name) }));
  const told = states.flatMap(({ at }) => at ?? []);
  const ofInstances = hasInstances ? [proposed] : [];
  const first = told[0];
  if (first !== undefined) {
    const shared = sharedIn(states);
    if (shared === undefined) return { ...nothing, ofInstances };
    const why = `"${place.name}" in ${shared.file}:${shared.line} is the same for several states, so workspaces or commands tell them apart`;
    return { ...unknown(asked, place, why), ofInstances };
  }
  const elsewhere = saidElsewhere(asked, place);
  if (elsewhere !== undefined) {
    const why = `${elsewhere.file}:${elsewhere.line} says "${place.name}" for states, and it is not known for which`;
    return { ...unknown(asked, place, why), ofInstances };
  }
  const needsStack = group.names.length > 0 && files.length > 0 && !files.some((text) => hasWord(text, "stack"));
  const isOnlyOne = group.names.length < 2 && place.hasDefault;
  const needsInstance = hasInstances && !place.hasDefault;
  if (!needsEnvironment && (!needsStack || isOnlyOne) && !needsInstance) return { ...nothing, ofInstances };
  const why = needsEnvironment
    ? "no file of backend settings names an environment"
    : needsStack
      ? "all stacks share these settings"
      : "every pull request has a state of its own";
  return {
    settings: [proposed],
    ofInstances: [],
    assumed: [`${why}, so "${place.name}" tells the states apart; change it if existing state lies elsewhere`],
    notes: [
      `Nothing says where the states of ${group.template} lie, so "${proposed}" is proposed. Where there are states already, write where they lie: from another place they look empty, and a plan would create everything again.`,
    ],
  };
}

const nothing: ProposedPlace = { settings: [], ofInstances: [], assumed: [], notes: [] };

function unknown(asked: Asked, { name }: PlaceSetting, why: string): ProposedPlace {
  const { template, folders } = asked.group;
  const said = statesOf(asked)[0]?.settings;
  const [prefix, key] = [said?.get("workspace_key_prefix")?.value ?? "env:", said?.get("key")?.value ?? "KEY"];
  const ofWorkspaces =
    folders[0]?.backend === "s3"
      ? ` S3 keeps the state of a workspace W at ${prefix}/W/${key}, so for workspaces that are called as environments are it is "key=${prefix}/{environment}/${key}".`
      : "";
  return {
    ...nothing,
    settings: [`${name}=${unknownPlace}`],
    assumed: [`${why}; write where each state lies in place of ${unknownPlace}, with {environment} and {stack}`],
    notes: [
      `Where the states of ${template} lie is not known: ${why}. Write it under \`backend\` in place of ${unknownPlace}: from another place a state looks empty, and a plan would create everything again.${ofWorkspaces}`,
    ],
  };
}

function withoutPlace(
  kind: string | null,
  { hasInstances, needsEnvironment }: { readonly hasInstances: boolean; readonly needsEnvironment: boolean },
): ProposedPlace {
  if (hasInstances)
    return {
      ...nothing,
      assumed: ["every pull request needs a state of its own; put {instance} into a setting of `backend`"],
    };
  if (!needsEnvironment) return nothing;
  const why =
    kind === null
      ? "the configuration has no backend, so it needs one"
      : `nothing says where the backend "${kind}" keeps each environment`;
  return { ...nothing, settings: ["environments/{environment}/backend.hcl"], assumed: [`${why}; write these files`] };
}

interface FoundState {
  /** By name: what the backend block and the files say, the last of each as the tool takes it. */
  readonly settings: ReadonlyMap<string, SaidSetting>;
}

/** The states that are there already: those of the environments that the repository knows, but for pull requests'. */
function statesOf({ group, files, environments, said }: Asked): readonly FoundState[] {
  const known = environments.found.filter((name) => name !== environments.bySlot.ephemeral);
  return known.flatMap((environment) =>
    (group.names.length === 0 ? [""] : group.names).map((stack) => {
      const folder = fill(group.template, { environment, stack });
      const block = group.folders.find((one) => one.folder === folder)?.settings ?? [];
      const given = files.flatMap((file) => said.files.get(fill(file, { environment, stack })) ?? []);
      return { settings: new Map([...block, ...given].map((setting) => [setting.name, setting])) };
    }),
  );
}

/** What says where two of the states lie, and says the same of both, with every other setting. */
function sharedIn(states: readonly (FoundState & { readonly at: SaidSetting | undefined })[]): SaidSetting | undefined {
  const known = new Set<string>();
  for (const { settings, at } of states) {
    const places = [...settings.values()].filter(({ name }) => saysStatePlace(name));
    // What no text tells may be another in each.
    if (at === undefined || places.some(({ value }) => value === null)) continue;
    const all = JSON.stringify(places.map(({ name, value }) => `${name}=${value}`).toSorted());
    if (known.has(all)) return at;
    known.add(all);
  }
  return undefined;
}

/** A command, what the tool remembers, or a file of backend settings that not every stack has, where it says where states lie. */
function saidElsewhere({ files, environments, group, said }: Asked, place: PlaceSetting): SaidSetting | undefined {
  const taken = new Set(
    environments.found.flatMap((environment) =>
      (group.names.length === 0 ? [""] : group.names).flatMap((stack) =>
        files.map((file) => fill(file, { environment, stack })),
      ),
    ),
  );
  const others = [...said.files].flatMap(([file, settings]) =>
    taken.has(file) || !isOfBackend(settings) ? [] : settings,
  );
  const remembered = group.folders.flatMap(({ folder }) => said.remembered.get(folder) ?? []);
  return [...said.commands, ...remembered, ...others].find(({ name }) => name === place.name);
}

/** A file of that language may hold anything; one of a backend says in which store it is. */
function isOfBackend(settings: readonly SaidSetting[]): boolean {
  return settings.some(({ name }) => /^(?:bucket|container_name|storage_account_name)$/.test(name));
}

/** `key={stack}/{instance}terraform.tfstate`, `path={environment}/{instance}{stack}.tfstate` */
function proposedSetting(
  { group: { template, names, folders }, environments }: Asked,
  place: PlaceSetting,
  needsEnvironment: boolean,
): string {
  const hasInstances = environments.bySlot.ephemeral !== undefined;
  // Where nothing but the path says where a state lies, no file can keep environments apart beside it.
  const words = [
    ...(needsEnvironment || folders[0]?.backend === "local" ? ["{environment}"] : []),
    ...(names.length > 0 ? ["{stack}"] : hasInstances ? [stackNameOf({ root: template }) ?? "main"] : []),
  ];
  const instance = hasInstances ? "{instance}" : "";
  const { name, end } = place;
  if (end.startsWith("/")) return `${name}=${[...words, `${instance}${end.slice(1)}`].join("/")}`;
  return `${name}=${[...words.slice(0, -1), `${instance}${words.at(-1) ?? ""}${end}`].join("/")}`;
}
