import { type AddressRange, parseCidr } from "../../domain/cidr.ts";
import type { Setting } from "../../domain/configuration-facts.ts";
import { folderOf } from "../../domain/tree.ts";
import { each, problem } from "../../flow/check.ts";
import type { Stack } from "../../flow/flow.ts";
import type { InspectedStacks, StackCheck } from "../check.ts";
import { isVarFile } from "../survey.ts";

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
  const automatic = automaticFiles(about);
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
  { survey }: InspectedStacks,
): readonly (readonly [file: string, setting: Setting])[] {
  const byVariable = new Map<string, (readonly [string, Setting])[]>();
  for (const file of [...(automatic.get(root === "." ? "" : root) ?? []), ...varFiles]) {
    const settings = survey.settings.get(file)?.settings ?? [];
    for (const { key } of settings) byVariable.delete(variableOf(key));
    for (const setting of settings) {
      const { key } = setting;
      if (!/cidr/i.test(key) || ofOthers.test(key)) continue;
      byVariable.set(variableOf(key), [...(byVariable.get(variableOf(key)) ?? []), [file, setting]]);
    }
  }
  return [...byVariable.values()].flat();
}

function variableOf(key: string): string {
  return key.split(".", 1)[0] ?? key;
}

/** Files of variables that the tool reads in a root module without being told, in its order. */
function automaticFiles({ survey }: InspectedStacks): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const file of survey.settings.keys()) {
    const name = file.slice(file.lastIndexOf("/") + 1);
    if (!isVarFile(file) || !/^terraform\.tfvars|\.auto\.tfvars/.test(name)) continue;
    const others = found.get(folderOf(file)) ?? [];
    found.set(folderOf(file), [...others, file]);
  }
  const order = (file: string) => (file.includes(".auto.tfvars") ? `1${file}` : `0${file}`);
  for (const files of found.values()) files.sort((left, right) => (order(left) < order(right) ? -1 : 1));
  return found;
}
