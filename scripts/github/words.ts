/**
 * The few words of GitHub's own command line, `gh`, that a delivery is tried by hand with, as `gh` itself has them,
 * and three that people do in the browser or nobody does: `gate`, `clock`, `wait`. Anything else is refused.
 */
import { spawnSync } from "node:child_process";
import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import type { Asking } from "./asking.ts";
import { tellChecks, tellPullRequest, tellRun, tellRuns } from "./telling.ts";
import { Wrong } from "./wrong.ts";

/** What was typed, and where. */
export interface Typed {
  readonly ask: Asking;
  /** Whose words these are. */
  readonly token: string;
  /** By their long names; a list for one that may be given again. */
  readonly options: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  readonly operands: readonly string[];
  readonly stdin: () => Promise<string>;
  /** The branch that the folder is on; undefined outside a clone. */
  readonly branch: () => string | undefined;
}

export interface Word {
  readonly usage: string;
  readonly options: ParseArgsOptionsConfig;
  /** How many there have to be. */
  readonly operands: number;
  run(typed: Typed): Promise<string>;
}

const string = (short?: string) => ({ type: "string", ...(short === undefined ? {} : { short }) }) as const;
const flag = (short?: string) => ({ type: "boolean", ...(short === undefined ? {} : { short }) }) as const;
const many = (short: string) => ({ type: "string", short, multiple: true }) as const;
const environment = string("e");

const said = ({ options }: Typed, name: string): string | undefined => {
  const value = options[name];
  return typeof value === "string" ? value : undefined;
};

/** Exactly one of these flags. */
function oneOf(typed: Typed, flags: readonly string[]): string {
  const given = flags.filter((name) => typed.options[name] === true);
  if (given.length !== 1) throw new Wrong(`Give one of ${flags.map((name) => `--${name}`).join(", ")}.`);
  return given[0] ?? "";
}

const first = ({ operands }: Typed) => operands[0] ?? "";
const place = (typed: Typed) =>
  said(typed, "env") === undefined ? "actions" : `environments/${encodeURIComponent(said(typed, "env") ?? "")}`;

function pairs(values: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    (Array.isArray(values) ? values : []).map((pair: string) => {
      const at = pair.indexOf("=");
      if (at < 1) throw new Wrong(`"${pair}" is not NAME=VALUE.`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

export const words: Readonly<Record<string, Word>> = {
  "auth token": { usage: "gh auth token", options: {}, operands: 0, run: async ({ token }) => token },
  "issue create": {
    usage: "gh issue create --title TITLE [--body TEXT]",
    options: { title: string("t"), body: string("b") },
    operands: 0,
    async run(typed) {
      const title = said(typed, "title");
      if (title === undefined) throw new Wrong("Give --title.");
      const made = await typed.ask.rest("POST", "issues", { title, body: said(typed, "body") ?? "" });
      return `#${numberOf(made)}`;
    },
  },
  "pr create": {
    usage: "gh pr create --title TITLE [--body TEXT] [--base main] [--head BRANCH]",
    options: { title: string("t"), body: string("b"), base: string("B"), head: string("H") },
    operands: 0,
    async run(typed) {
      const title = said(typed, "title");
      const head = said(typed, "head") ?? typed.branch();
      if (title === undefined) throw new Wrong("Give --title.");
      if (head === undefined) throw new Wrong("Give --head, or do it in a clone that is on the branch.");
      const body = said(typed, "body") ?? "";
      const made = await typed.ask.rest("POST", "pulls", { title, body, head, base: said(typed, "base") ?? "main" });
      return `#${numberOf(made)}`;
    },
  },
  "pr view": {
    usage: "gh pr view NUMBER",
    options: {},
    operands: 1,
    run: (typed) => tellPullRequest(typed.ask, first(typed)),
  },
  "pr checks": {
    usage: "gh pr checks NUMBER",
    options: {},
    operands: 1,
    run: (typed) => tellChecks(typed.ask, first(typed)),
  },
  "pr review": {
    usage: "gh pr review NUMBER --approve|--request-changes|--comment [--body TEXT]",
    options: { approve: flag("a"), "request-changes": flag("r"), comment: flag("c"), body: string("b") },
    operands: 1,
    async run(typed) {
      const says = oneOf(typed, ["approve", "request-changes", "comment"]);
      const event = says.toUpperCase().replace("-", "_");
      await typed.ask.rest("POST", `pulls/${first(typed)}/reviews`, { event, body: said(typed, "body") ?? "" });
      return `said ${says} to #${first(typed)}`;
    },
  },
  "pr merge": {
    usage: "gh pr merge NUMBER --squash|--merge|--rebase",
    options: { squash: flag("s"), merge: flag("m"), rebase: flag("r") },
    operands: 1,
    async run(typed) {
      const method = oneOf(typed, ["squash", "merge", "rebase"]);
      await typed.ask.rest("PUT", `pulls/${first(typed)}/merge`, { merge_method: method });
      return `merged #${first(typed)}`;
    },
  },
  "pr comment": {
    usage: "gh pr comment NUMBER --body TEXT",
    options: { body: string("b") },
    operands: 1,
    async run(typed) {
      const body = said(typed, "body");
      if (body === undefined) throw new Wrong("Give --body.");
      await typed.ask.rest("POST", `issues/${first(typed)}/comments`, { body });
      return `commented on #${first(typed)}`;
    },
  },
  "pr edit": {
    usage: "gh pr edit NUMBER [--title TITLE] [--body TEXT] [--add-label LABEL]… [--remove-label LABEL]…",
    options: {
      title: string("t"),
      body: string("b"),
      "add-label": { type: "string", multiple: true },
      "remove-label": { type: "string", multiple: true },
    },
    operands: 1,
    async run(typed) {
      const { ask, options } = typed;
      const named = (option: string) => (options[option] as readonly string[] | undefined) ?? [];
      const [title, body] = [said(typed, "title"), said(typed, "body")];
      if (title !== undefined || body !== undefined) await ask.rest("PATCH", `pulls/${first(typed)}`, { title, body });
      const [add, remove] = [named("add-label"), named("remove-label")];
      if (add.length > 0) await ask.rest("POST", `issues/${first(typed)}/labels`, { labels: add });
      for (const label of remove)
        await ask.rest("DELETE", `issues/${first(typed)}/labels/${encodeURIComponent(label)}`);
      return `changed #${first(typed)}`;
    },
  },
  "pr close": {
    usage: "gh pr close NUMBER",
    options: {},
    operands: 1,
    async run(typed) {
      await typed.ask.rest("PATCH", `pulls/${first(typed)}`, { state: "closed" });
      return `closed #${first(typed)}`;
    },
  },
  "workflow run": {
    usage: "gh workflow run FILE [--ref main] [-f NAME=VALUE]…",
    options: { ref: string("r"), "raw-field": many("f") },
    operands: 1,
    async run(typed) {
      const inputs = pairs(typed.options["raw-field"]);
      const ref = said(typed, "ref") ?? "main";
      await typed.ask.rest("POST", `actions/workflows/${first(typed)}/dispatches`, { ref, inputs });
      return `started ${first(typed)} on ${ref}`;
    },
  },
  "run list": { usage: "gh run list", options: {}, operands: 0, run: ({ ask }) => tellRuns(ask) },
  "run view": {
    usage: "gh run view RUN [--log]",
    options: { log: flag() },
    operands: 1,
    run: (typed) => tellRun(typed.ask, first(typed), typed.options.log === true),
  },
  "run rerun": {
    usage: "gh run rerun RUN [--failed]",
    options: { failed: flag() },
    operands: 1,
    async run(typed) {
      const how = typed.options.failed === true ? "rerun-failed-jobs" : "rerun";
      await typed.ask.rest("POST", `actions/runs/${first(typed)}/${how}`);
      return `run ${first(typed)} starts again`;
    },
  },
  "run cancel": {
    usage: "gh run cancel RUN",
    options: {},
    operands: 1,
    async run(typed) {
      await typed.ask.rest("POST", `actions/runs/${first(typed)}/cancel`);
      return `run ${first(typed)} ends`;
    },
  },
  "secret set": {
    usage: "gh secret set NAME [--env ENVIRONMENT] [--body VALUE]; the value from standard input else",
    options: { env: environment, body: string("b") },
    operands: 1,
    async run(typed) {
      const value = said(typed, "body") ?? withoutLastBreak(await typed.stdin());
      const path = `${place(typed)}/secrets/${first(typed)}`;
      // Nobody opens again what GitHub is given: the runners are told the value first, and use it once it is there.
      await typed.ask.beside("/secret", { environment: said(typed, "env") ?? null, name: first(typed), value });
      await typed.ask.rest("PUT", path, { encrypted_value: Buffer.alloc(48).toString("base64"), key_id: "1" });
      return `set ${first(typed)}`;
    },
  },
  "variable set": {
    usage: "gh variable set NAME [--env ENVIRONMENT] [--body VALUE]; the value from standard input else",
    options: { env: environment, body: string("b") },
    operands: 1,
    async run(typed) {
      const value = said(typed, "body") ?? withoutLastBreak(await typed.stdin());
      const [path, name] = [`${place(typed)}/variables`, first(typed)];
      const there = (await typed.ask.rest("GET", path)) as { readonly variables: readonly { readonly name: string }[] };
      const known = there.variables.some((one) => one.name === name.toUpperCase());
      await typed.ask.rest(known ? "PATCH" : "POST", known ? `${path}/${name}` : path, { name, value });
      return `set ${name}`;
    },
  },
  api: {
    usage:
      "gh api PATH [-X METHOD] [--input -] [--jq EXPRESSION]; PATH as in repos/acme/infra/rulesets; --jq takes jq itself",
    options: { method: string("X"), input: string(), jq: string("q") },
    operands: 1,
    async run(typed) {
      const input = said(typed, "input");
      if (input !== undefined && input !== "-") throw new Wrong("--input takes -, for standard input.");
      const body: unknown = input === undefined ? undefined : JSON.parse(await typed.stdin());
      const method = said(typed, "method") ?? (body === undefined ? "GET" : "POST");
      const answer = await typed.ask.rest(method.toUpperCase(), `/${first(typed).replace(/^\//, "")}`, body);
      const text = typeof answer === "string" ? answer : JSON.stringify(answer, null, 2);
      const jq = said(typed, "jq");
      return jq === undefined ? text : picked(text, jq);
    },
  },
  gate: {
    usage: "gh gate RUN approve|reject ENVIRONMENT [--comment TEXT]; in the browser: Review deployments",
    options: { comment: string("c") },
    operands: 3,
    async run(typed) {
      const [run = "", says = "", named = ""] = typed.operands;
      if (says !== "approve" && says !== "reject") throw new Wrong(`Say approve or reject, not "${says}".`);
      const path = `actions/runs/${run}/pending_deployments`;
      type Pending = readonly { readonly environment: { readonly id: number; readonly name: string } }[];
      const pending = ((await typed.ask.rest("GET", path)) as Pending).map((one) => one.environment);
      const found = pending.find(({ name }) => name === named);
      if (found === undefined) {
        const waits = pending.map(({ name }) => name).join(", ");
        throw new Wrong(`Run ${run} waits at ${waits === "" ? "no gate" : waits}, not at ${named}.`);
      }
      const state = says === "approve" ? "approved" : "rejected";
      const comment = said(typed, "comment") ?? "";
      await typed.ask.rest("POST", path, { environment_ids: [found.id], state, comment });
      return `${state} ${named} for run ${run}`;
    },
  },
  clock: {
    usage: 'gh clock "CRON"; GitHub\'s clock, which starts what is due at these times',
    options: {},
    operands: 1,
    run: async ({ ask, operands: [cron = ""] }) => String(await ask.beside("/clock", { cron })),
  },
  wait: {
    usage: "gh wait; until nothing runs",
    options: {},
    operands: 0,
    async run({ ask }) {
      // Asked again and again: what runs may take longer than an answer may.
      for (;;) {
        const told = String(await ask.beside("/wait"));
        if (told !== "") return told;
      }
    },
  },
};

function numberOf(made: unknown): number {
  return (made as { readonly number: number }).number;
}

/** What jq makes of it, as `gh` does without having jq: texts without their quotes. */
function picked(json: string, expression: string): string {
  const { status, stdout, stderr, error } = spawnSync("jq", ["-rc", expression], { input: json, encoding: "utf8" });
  if (error !== undefined) throw new Wrong("--jq takes jq on the PATH here.");
  if (status !== 0) throw new Wrong(stderr.trim());
  return withoutLastBreak(stdout);
}

function withoutLastBreak(text: string): string {
  return text.replace(/\n$/, "");
}

interface Parsed extends Pick<Typed, "options" | "operands"> {
  readonly word: Word;
}

/** What is meant by what was typed; fails with `Wrong` where it is none of the words. */
export function parse(given: readonly string[]): Parsed {
  const name = [given.slice(0, 2).join(" "), given[0] ?? ""].find((candidate) => Object.hasOwn(words, candidate));
  const word = name === undefined ? undefined : words[name];
  if (name === undefined || word === undefined) throw new Wrong(`It knows these words:\n${allWords()}`);
  let read: { values: Record<string, unknown>; positionals: string[] };
  try {
    const args = given.slice(name.split(" ").length);
    read = parseArgs({ args, options: word.options, allowPositionals: true });
  } catch (error) {
    throw new Wrong(`${error instanceof Error ? error.message : String(error)}\n  ${word.usage}`);
  }
  if (read.positionals.length !== word.operands) throw new Wrong(`It is written so:\n  ${word.usage}`);
  return { word, options: read.values as Typed["options"], operands: read.positionals };
}

/** Does what was typed. */
export async function speak(given: readonly string[], about: Omit<Typed, "options" | "operands">): Promise<string> {
  const { word, options, operands } = parse(given);
  return word.run({ ...about, options, operands });
}

export function allWords(): string {
  return Object.values(words)
    .map(({ usage }) => `  ${usage}`)
    .join("\n");
}
