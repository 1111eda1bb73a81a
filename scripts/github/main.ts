/**
 * `npm run github`: the look-alike GitHub of the tests, to try a delivery by hand: one empty repository, a few people
 * with a token each, and a shell for each of them, in which `git`, `gh` (a few of its words) and `plangate` work as on
 * github.com. `npm run -s github -- as ann WORDS` says one of the words without such a shell. Ctrl-C ends it, and
 * nothing of it stays.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import "../require-node.mjs";
import { realLinters } from "../../test/linters/stand-ins.ts";
import { root } from "../parts.ts";
import { askingAs } from "./asking.ts";
import { type Here, readHere } from "./here.ts";
import { plans, serve } from "./serve.ts";
import { allWords, speak } from "./words.ts";
import { Refused, Wrong } from "./wrong.ts";

/** The one that was started last, for who says its words outside of its shells. */
const last = join(root, ".tools/github");
const linters =
  realLinters === undefined
    ? "In place of tflint and tfsec stand programs that know a rule each; PLANGATE_LINTERS=FOLDER gives it yours."
    : `tflint and tfsec are those in ${realLinters}.`;
const usage = "npm run github -- [--plan free|team|enterprise] [--public]\n  npm run -s github -- as PERSON WORDS…";

function hereNow(): Here {
  const found = readHere(process.env.PLANGATE_GITHUB ?? last);
  if (found === undefined) throw new Wrong("No look-alike GitHub runs. Start one in another terminal: npm run github");
  return found;
}

async function run(words: readonly string[]): Promise<void> {
  const [first, ...rest] = words;
  if (first === "gh") {
    const token = process.env.GH_TOKEN ?? process.env.GITHUB_TOKEN;
    if (token === undefined) throw new Wrong("GH_TOKEN says who you are: take the shell of somebody.");
    return say(rest, { here: hereNow(), token, cwd: process.cwd() });
  }
  if (first === "as") {
    const here = hereNow();
    const [person = "", ...more] = rest;
    const token = Object.hasOwn(here.people, person) ? here.people[person] : undefined;
    if (token === undefined)
      throw new Wrong(`Nobody is called "${person}". There are ${Object.keys(here.people).join(", ")}.`);
    // npm runs scripts in its package's folder, and says which one it was called in.
    return say(more, { here, token, cwd: process.env.INIT_CWD ?? process.cwd() });
  }
  return start(words);
}

interface Saying {
  readonly here: Here;
  readonly token: string;
  /** Where it is said: a clone knows its branch. */
  readonly cwd: string;
}

async function say(words: readonly string[], { here, token, cwd }: Saying): Promise<void> {
  const text = await speak(words, {
    ask: askingAs(here, token),
    token,
    stdin: async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks).toString();
    },
    branch: () => {
      try {
        const git = execFileSync("git", ["symbolic-ref", "--short", "HEAD"], { cwd, stdio: "pipe", encoding: "utf8" });
        return git.trim();
      } catch {
        return undefined;
      }
    },
  });
  console.log(text);
}

async function start(words: readonly string[]): Promise<void> {
  const { plan, public: open } = readOptions(words);
  const served = await serve({ plan, public: open });
  const ended = new Promise<void>((end) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => end());
  });
  mkdirSync(dirname(last), { recursive: true });
  rmSync(last, { force: true });
  symlinkSync(served.dir, last);
  const { here } = served;
  const [main, ...others] = Object.keys(here.people);
  console.log(
    `A look-alike of GitHub answers at ${here.url}, with the empty ${open ? "public" : "private"} repository ${here.repository}.

Be somebody, in a shell of their own:
  . ${served.shellOf(main ?? "")}      administers it
${others.map((person) => `  . ${served.shellOf(person)}`).join("\n")}      not of the repository

There: git clone "$INFRA" infra; plangate …; and these words, as gh has them, with three of our own:
${allWords()}

For \`identity: app\` there is the app ${served.app.slug}: number ${served.app.id}, private key ${served.app.key}.
States have to outlive a job: where no bucket is at hand, backend "local" with a path such as ${served.states}/test.tfstate.
${linters}

Ctrl-C ends it, and nothing of it stays.`,
  );
  await ended;
  console.log("\nending");
  const problems = await served.close();
  if (!existsSync(last)) rmSync(last, { force: true });
  if (problems !== undefined) throw new Refused(problems);
}

function readOptions(words: readonly string[]): { readonly plan: (typeof plans)[number]; readonly public: boolean } {
  let read: { values: { plan?: string; public?: boolean } };
  try {
    read = parseArgs({ args: [...words], options: { plan: { type: "string" }, public: { type: "boolean" } } });
  } catch (error) {
    throw new Wrong(`${error instanceof Error ? error.message : String(error)}\n  ${usage}`);
  }
  const named = read.values.plan ?? "enterprise";
  const plan = plans.find((one) => one === named);
  if (plan === undefined) throw new Wrong(`"${named}" is no plan of GitHub here: it is one of ${plans.join(", ")}.`);
  return { plan, public: read.values.public === true };
}

try {
  await run(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Wrong || error instanceof Refused)) throw error;
  console.error(error.message);
  process.exitCode = error instanceof Wrong ? 2 : 1;
}
