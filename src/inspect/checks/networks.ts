import { type AddressRange, parseCidr } from "../../domain/cidr.ts";
import type { Setting } from "../../domain/configuration-facts.ts";
import { each, problem } from "../../flow/check.ts";
import type { Stack } from "../../flow/flow.ts";
import { automaticFiles, folderKey } from "../automatic-files.ts";
import type { InspectedStacks, StackCheck } from "../check.ts";
import type { InFile } from "../in-file.ts";

/** Settings that hold the ranges of networks, by their names. */
const ofNetworks = /cidr|address_space|address_prefix|ip_range|ipv[46]_range|network_range|subnet_range/i;
/** Objects that are a network; of others, a range says what may reach them. */
const networkTypes =
  /^resource (?:aws_vpc|aws_subnet|aws_default_vpc|aws_vpc_ipv4_cidr_block_association|google_compute_subnetwork|azurerm_virtual_network|azurerm_subnet) /;
/** Ranges that say who may come in or where traffic goes are the same everywhere; only one's own networks are compared. */
const ofOthers =
  /allow|ingress|egress|trusted|whitelist|permit|peer|remote|external|on_?prem|office|vpn|source|destination|admin|client/i;

interface Network extends AddressRange {
  readonly environment: string;
  readonly file: string;
  readonly setting: Setting;
}

/** The networks of different environments have no address in common, so that they can be joined some day. */
export const noNetworksOverlap: StackCheck = {
  name: "no-networks-overlap",
  find(about) {
    const networks = networksOf(about).sort(byBeginning);
    // Of those that begin before, the one that reaches furthest meets this one, if any does.
    const furthest = new Map<string, Network>();
    return each(networks, (network) => {
      const met = [...furthest.values()].find(
        (other) =>
          other.version === network.version && other.environment !== network.environment && other.last >= network.first,
      );
      const key = `${network.version} ${network.environment}`;
      const before = furthest.get(key);
      if (before === undefined || before.last < network.last) furthest.set(key, network);
      if (met === undefined) return [];
      const { file, setting, environment } = network;
      const { key: name, value, line, column } = setting;
      const other = `${met.setting.value} of ${met.environment} (${met.file}:${met.setting.line})`;
      const summary = `"${name}" of ${environment}, ${value}, overlaps ${other}.`;
      return [problem("cidr-overlap", { file, line, column }, [summary, "Give each environment a range of its own."])];
    });
  },
};

/** The widest first among those that begin together. */
function byBeginning(left: AddressRange, right: AddressRange): number {
  if (left.first !== right.first) return left.first < right.first ? -1 : 1;
  return left.last === right.last ? 0 : left.last > right.last ? -1 : 1;
}

/** One address, or all there are, is a rule about traffic and not a network. */
function isRule({ version, first, last }: AddressRange): boolean {
  return first === last || last - first === (1n << (version === 4 ? 32n : 128n)) - 1n;
}

function networksOf(about: InspectedStacks): Network[] {
  const automatic = automaticFiles(about.survey);
  const found = new Map<string, Network>();
  for (const stack of about.stacks) {
    for (const [file, setting] of valuesOf(stack, automatic, about)) {
      const range = parseCidr(setting.value);
      if (range === undefined || isRule(range)) continue;
      found.set(`${stack.environment} ${file} ${setting.key} ${setting.value}`, {
        ...range,
        environment: stack.environment,
        file,
        setting,
      });
    }
  }
  return [...found.values()];
}

/** The ranges that the stack gets to see: a later file replaces a variable of an earlier one whole. */
function valuesOf(
  { root, varFiles }: Stack,
  automatic: ReadonlyMap<string, readonly string[]>,
  about: InspectedStacks,
): readonly (readonly [file: string, setting: Setting])[] {
  const byVariable = new Map<string, (readonly [string, Setting])[]>();
  const add = (file: string, setting: Setting) => {
    const name = variableOf(setting.key);
    byVariable.set(name, [...(byVariable.get(name) ?? []), [file, setting]]);
  };
  for (const { file, ...setting } of defaultsIn(root, about)) add(file, setting);
  for (const file of [...(automatic.get(folderKey(root)) ?? []), ...varFiles]) {
    const settings = about.survey.settings.get(file)?.settings ?? [];
    for (const { key } of settings) byVariable.delete(variableOf(key));
    for (const setting of settings) if (isOfNetwork(setting.key)) add(file, setting);
  }
  const written = writtenIn(root, about).map(({ file, ...setting }) => [file, setting] as const);
  return [...[...byVariable.values()].flat(), ...written];
}

function isOfNetwork(key: string): boolean {
  return ofNetworks.test(key) && !ofOthers.test(key);
}

/** What the root module's variables are where no file says otherwise: the same in every environment. */
function defaultsIn(root: string, { modules }: InspectedStacks): readonly InFile<Setting>[] {
  return modules.in(root).values.flatMap(({ within, key, ...value }) => {
    const name = /^variable (\S+)$/.exec(within)?.[1];
    const whole = name === undefined ? undefined : key.replace(/^default/, name);
    return whole === undefined || !key.startsWith("default") || !isOfNetwork(whole) ? [] : [{ ...value, key: whole }];
  });
}

/** What the root module and the local modules that it calls have written into networks, for every environment. */
function writtenIn(root: string, { modules }: InspectedStacks): readonly InFile<Setting>[] {
  return modules.reachedFrom(root).flatMap(({ values }) =>
    values.filter(({ within, key }) => {
      if (networkTypes.test(`${within} `)) return true;
      return /^(?:module \S+|locals)$/.test(within) && isOfNetwork(key);
    }),
  );
}

function variableOf(key: string): string {
  return key.split(".", 1)[0] ?? key;
}
