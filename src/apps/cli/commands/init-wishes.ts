import { InputError } from "../../../domain/errors.ts";
import { parseLogin } from "../../../domain/names.ts";
import { type Found, type PresetName, planInit, presetNames, presets, proposePreset } from "../../../flow/index.ts";
import type { Context } from "../context.ts";

/** What somebody wants the flow to be; what they did not say is found out or guessed. */
export interface Wishes {
  readonly preset?: PresetName;
  /** Logins, or one team as organisation/team. */
  readonly owners?: readonly string[];
  readonly environments?: readonly string[];
}

/** A wish that cannot be, as the sentence and the hint of an error. */
interface Refusal {
  readonly code: string;
  readonly summary: string;
  readonly hint: string;
}

/** Reads a wish as it was written; a refusal where it cannot be. */
type Read<T> = (written: string) => { readonly value: T } | Refusal;

const readPreset: Read<PresetName> = (written) => {
  const value = presetNames.find((name) => name === written.trim());
  if (value !== undefined) return { value };
  const hint = `There is: ${presetNames.join(", ")}.`;
  return { code: "unknown-preset", summary: `There is no preset "${written}".`, hint };
};

const words = (written: string) => written.split(",").map((part) => part.trim());

const readOwners: Read<readonly string[]> = (written) => {
  const parts = words(written);
  if (parts.length === 1 && /^[A-Za-z0-9][A-Za-z0-9-]*\/[A-Za-z0-9][A-Za-z0-9._-]*$/.test(parts[0] ?? ""))
    return { value: parts };
  const logins = parts.map((part) => parseLogin(part));
  const wrong = parts.find((_, index) => logins[index] === undefined || /[:[]/.test(logins[index]));
  if (wrong === undefined) return { value: logins.flatMap((login) => login ?? []) };
  const hint = "Give logins separated by commas, ann,bob, or one team, organisation/team.";
  return { code: "not-a-login", summary: `"${wrong}" is no login.`, hint };
};

/** Reads names of environments; how many there may be goes with the preset. */
const readEnvironments: Read<readonly string[]> = (written) => {
  const value = words(written);
  const wrong = value.find(
    (name, index) => !/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name) || value.indexOf(name) !== index,
  );
  if (wrong === undefined) return { value };
  const hint = "Give different names separated by commas, in the order in which a change passes them: test,prod.";
  return { code: "bad-environment", summary: `"${wrong}" cannot be the name of an environment.`, hint };
};

/** Why these are not the names of a preset's environments: there are more or fewer of them. */
function wrongCount(preset: PresetName, { length }: readonly string[]): Refusal | undefined {
  const { environments: slots } = presets[preset];
  const fewest = slots.filter((slot) => slot !== "ephemeral").length;
  if (length === slots.length || length === fewest) return undefined;
  return {
    code: "bad-environment",
    summary: `The flow has ${slots.join(", ")}, and ${length} ${length === 1 ? "name was" : "names were"} given.`,
    hint: `Name ${fewest === slots.length ? "each of them" : "each of them, or all but ephemeral"}, in this order.`,
  };
}

/** What was said on the command line. */
export function readWishes(options: Readonly<Record<string, unknown>>): Wishes {
  const preset = given(options, "preset", readPreset);
  const owners = given(options, "owners", readOwners);
  const environments = given(options, "environments", readEnvironments);
  return {
    ...(preset === undefined ? {} : { preset }),
    ...(owners === undefined ? {} : { owners }),
    ...(environments === undefined ? {} : { environments }),
  };
}

function given<T>(options: Readonly<Record<string, unknown>>, name: keyof Wishes, read: Read<T>): T | undefined {
  const { [name]: written } = options;
  if (typeof written !== "string") return undefined;
  const result = read(written);
  if ("value" in result) return result.value;
  throw new InputError([{ severity: "error", ...result, hint: `For --${name}: ${result.hint}` }]);
}

/** Asks for what was not said, with what was found as the answer that Enter gives. */
export async function askWishes(
  context: Pick<Context, "ask" | "progress">,
  found: Found,
  said: Wishes,
): Promise<Wishes> {
  if (said.preset === undefined)
    for (const name of presetNames) context.progress(`${name.padEnd(20)} ${presets[name].title}`);
  const preset =
    said.preset ??
    (await answer(context, `Which flow? [${proposePreset(found)}] `, readPreset)) ??
    proposePreset(found);
  const guess = planInit(wishedFor(found, { ...said, preset }), preset);
  const owners =
    said.owners ?? (await answer(context, "Who approves? Logins with commas, or organisation/team: ", readOwners));
  const order = presets[preset].environments
    .map((slot) => (slot === "ephemeral" ? "ephemeral (may be left out)" : slot))
    .join(", ");
  const question = `What are ${order} called here? [${guess.environments.join(",")}] `;
  const readNames: Read<readonly string[]> = (written) => {
    const read = readEnvironments(written);
    return "value" in read ? (wrongCount(preset, read.value) ?? read) : read;
  };
  const environments = said.environments ?? (await answer(context, question, readNames));
  return { preset, ...(owners && { owners }), ...(environments && { environments }) };
}

/** Asks until the answer can be read; undefined when there is none. */
async function answer<T>(
  { ask, progress }: Pick<Context, "ask" | "progress">,
  question: string,
  read: Read<T>,
): Promise<T | undefined> {
  for (;;) {
    const written = await ask(question);
    if (written === "") return undefined;
    const result = read(written);
    if ("value" in result) return result.value;
    progress(`${result.summary} ${result.hint}`);
  }
}

/** What was found, with what was wished for in its place. */
export function wishedFor(found: Found, { preset, owners, environments }: Wishes): Found {
  const refusal = environments && wrongCount(preset ?? proposePreset(found), environments);
  if (refusal !== undefined) throw new InputError([{ severity: "error", ...refusal }]);
  return { ...found, owners: owners ?? found.owners, environments: environments ?? found.environments };
}
