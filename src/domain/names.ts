import type { Diagnostic } from "./diagnostic.ts";

declare const brand: unique symbol;

/** A Git commit id, in full: 40 or 64 hex digits. */
export type CommitSha = string & { readonly [brand]: "CommitSha" };
/** A Git tree id: the content of a whole checkout, whoever committed it. */
export type TreeSha = string & { readonly [brand]: "TreeSha" };
/** Who somebody is on the forge, in lower case, since GitHub compares logins so. Someone known only by e-mail is `email:<address>` and can approve nothing. */
export type Login = string & { readonly [brand]: "Login" };
/** `<environment>/<name>`: one root module in one environment, hence one state. */
export type StackName = string & { readonly [brand]: "StackName" };
/** `run-<sortable random>`: one execution for one stack. */
export type RunId = string & { readonly [brand]: "RunId" };

/** Milliseconds since 1970 UTC. Written as RFC 3339 wherever people or other programs read it. */
export type Instant = number;
/** Milliseconds. */
export type Duration = number;

export function parseCommitSha(text: string): CommitSha | undefined {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text) ? (text as CommitSha) : undefined;
}

export function parseTreeSha(text: string): TreeSha | undefined {
  return parseCommitSha(text) as TreeSha | undefined;
}

/** Reads a login or an `email:` identity; `undefined` for anything else. GitHub's apps are `name[bot]`. */
export function parseLogin(text: string): Login | undefined {
  const lower = text.toLowerCase();
  return /^(?:[a-z0-9](?:[a-z0-9_-]{0,99})(?:\[bot\])?|email:[^\s<>]+)$/.test(lower) ? (lower as Login) : undefined;
}

/** A login as a forge tells it. What cannot be one is named by what it is, and can approve nothing. */
export function loginNamed(text: string): Login {
  return parseLogin(text) ?? emailLogin(text);
}

/** No address is longer; what commits say of their writers may be. */
const longestEmail = 254;

/** Somebody of whom no more is known than an address. */
export function emailLogin(email: string): Login {
  const plain = email
    .trim()
    .toLowerCase()
    .replaceAll(/[\s<>]/g, "_")
    .slice(0, longestEmail);
  return parseLogin(`email:${plain === "" ? "nobody" : plain}`) as Login;
}

const segment = "[A-Za-z0-9][A-Za-z0-9._-]*";
const stackPattern = new RegExp(`^${segment}/${segment}(?:/${segment})*$`);

/** Reads `environment/name`; a name may itself have slashes when its root module lies deeper. */
export function parseStackName(text: string): StackName | undefined {
  return stackPattern.test(text) ? (text as StackName) : undefined;
}

/** The environment a stack belongs to; an instance such as `ephemeral-12` names its pull request. */
export function environmentOf(stack: StackName): string {
  return stack.slice(0, stack.indexOf("/"));
}

/** The stack's name without its environment: the same in test and prod. */
export function stackBaseName(stack: StackName): string {
  return stack.slice(stack.indexOf("/") + 1);
}

export function parseRunId(text: string): RunId | undefined {
  return /^run-[0-9a-z]{8,40}$/.test(text) ? (text as RunId) : undefined;
}

/** RFC 3339 in UTC, seconds when there is nothing finer. */
export function instantText(at: Instant): string {
  return new Date(at).toISOString().replace(".000Z", "Z");
}

/** Reads RFC 3339; `undefined` when it is none or names no time zone. */
export function parseInstant(text: string): Instant | undefined {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}

const unit = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** Reads `30s`, `15m`, `4h`, `14d`, `2w`; `undefined` for anything else. */
export function parseDuration(text: string): Duration | undefined {
  const parts = /^(\d{1,6})([smhdw])$/.exec(text);
  return parts === null ? undefined : Number(parts[1]) * unit[parts[2] as keyof typeof unit];
}

/** The largest whole unit that gives the duration exactly: `14d`, `90m`. */
export function durationText(duration: Duration): string {
  for (const name of ["d", "h", "m"] as const) {
    if (duration >= unit[name] && duration % unit[name] === 0) return `${duration / unit[name]}${name}`;
  }
  return `${Math.round(duration / 1000)}s`;
}

/** What a parse of outside text gives: a value, the problems found, or both. */
export interface Parsed<T> {
  readonly value?: T;
  readonly diagnostics: readonly Diagnostic[];
}
