import { execFileSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { openRepository } from "../../../src/adapters/git/index.ts";
import { applyKeys, planKeys } from "../../../src/adapters/keys/index.ts";
import { systemClock } from "../../../src/adapters/system/index.ts";
import { localForge } from "../../../src/apps/cli/local-forge.ts";
import { deliver } from "../../../src/delivery/deliver.ts";
import type { Delivery } from "../../../src/delivery/delivery.ts";
import type { Sealer } from "../../../src/delivery/ports.ts";
import type { Planned } from "../../../src/delivery/roles/plan.ts";
import { digestOf } from "../../../src/domain/digest.ts";
import type { CommitSha, Login, StackName } from "../../../src/domain/names.ts";
import type { Run } from "../../../src/domain/run.ts";
import { parseFlow } from "../../../src/flow/index.ts";
import { type Embedded, openEmbedded } from "../../../src/hosts/embedded/index.ts";

/** A planner that is not honest: it gets what an honest one sealed, and the means to seal something else. */
export type Forging = (planned: Planned, seal: Sealer["seal"]) => Promise<Planned | undefined>;

/** A repository with two environments that anybody applies from their own machine: what is attacked is what every apply goes through. */
export interface Arena {
  readonly top: string;
  readonly home: string;
  readonly embedded: Embedded;
  /** What progress said so far. */
  readonly told: readonly string[];
  git(...args: readonly string[]): string;
  /** `->` in front of a text makes a link, `#!` a program; null removes. */
  commit(files: Readonly<Record<string, string | null>>): void;
  plan(stack: string, forging?: Forging): Promise<Run>;
  apply(run: Run): Promise<Run>;
  /** A part of a stored bundle, as it was before it was sealed. */
  storedPart(plan: string | null, name: string): Promise<Uint8Array>;
  /** Puts something else in the place of a stored part, sealed as anybody can. */
  replacePart(plan: string | null, name: string, content: Uint8Array): Promise<void>;
  /** From now on plangate's own environment is another. */
  setEnv(name: string, value: string): void;
  /** Traces that programs left outside of every checkout: `touch ${trace("x")}`. */
  trace(name: string): string;
  traces(): readonly string[];
  stateOf(stack: string): Record<string, unknown> | null;
  writeState(stack: string, state: object): void;
  close(): Promise<void>;
}

export interface ArenaAbout {
  readonly allow?: string;
  readonly variables?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const flowText = (about: ArenaAbout, states: string) => `version: 1
branches:
  work: { match: "**", except: [main] }
  main: { accepts: [work] }
environments:
  dev: { appliesFrom: [main], variables: [${(about.variables ?? []).join(", ")}] }
  other: { kind: test, appliesFrom: [main] }
stacks:
  - { root: "stacks/{stack}", in: [dev, other], backend: ["path=${states}/{environment}-{stack}.tfstate"] }
when:
  - { on: merge, into: main, in: dev, do: [plan, apply, verify] }
  - { on: merge, into: main, in: other, do: [plan, apply, verify] }
allow: ${about.allow ?? "{}"}
`;

export async function openArena(
  files: Readonly<Record<string, string | null>>,
  about: ArenaAbout = {},
): Promise<Arena> {
  const around = realpathSync(mkdtempSync(join(tmpdir(), "plangate-arena-")));
  const [top, home, states, traces] = ["infra", "home", "states", "traces"].map((name) => join(around, name)) as [
    string,
    string,
    string,
    string,
  ];
  for (const folder of [top, states, traces]) mkdirSync(folder);
  const git = (...args: readonly string[]) =>
    execFileSync("git", ["-c", "user.name=Ann", "-c", "user.email=ann@acme.example", ...args], {
      cwd: top,
      encoding: "utf8",
    });
  const commit = (written: Readonly<Record<string, string | null>>) => {
    for (const [path, text] of Object.entries(written)) place(join(top, path), text);
    git("add", "--all", "--force");
    git("commit", "--quiet", "--allow-empty", "--message", "Change");
  };
  git("init", "--quiet", "--initial-branch=main");
  commit(files);
  const parsed = parseFlow(flowText(about, states), { file: "plangate.yaml" });
  if (parsed.value === undefined) throw new Error(JSON.stringify(parsed.diagnostics));
  const flow = parsed.value;
  const env: NodeJS.ProcessEnv = { ...process.env, ...about.env };
  const told: string[] = [];
  const looking = openRepository(top, env);
  const forge = localForge({ flow, repository: looking, clock: systemClock });
  const embedded = await openEmbedded({
    repository: top,
    home,
    flow,
    forge,
    clock: systemClock,
    env,
    progress: (line) => void told.push(line),
  });
  const { store } = embedded;
  const by = "ann" as Login;
  const newest = async (stack: string) => {
    const [run] = await store.runs({ stack: stack as StackName, limit: 1 });
    if (run === undefined) throw new Error(`${stack} has no run`);
    return run;
  };
  const stateFile = (stack: string) => join(states, `${stack.replace("/", "-")}.tfstate`);
  return {
    top,
    home,
    embedded,
    told,
    git,
    commit,
    async plan(stack, forging) {
      const delivery: Delivery =
        forging === undefined ? embedded.delivery : await withForging(embedded.delivery, home, forging);
      const head = git("rev-parse", "HEAD").trim() as CommitSha;
      const event = {
        kind: "local-plan",
        stack: stack as StackName,
        mode: "normal",
        by,
        commit: head,
        tree: null,
      } as const;
      await deliver(delivery, event).catch(() => undefined);
      return newest(stack);
    },
    async apply(run) {
      await deliver(embedded.delivery, { kind: "local-apply", run: run.id, by, breakGlass: null, typedName: null });
      return (await store.run(run.id)) ?? run;
    },
    async storedPart(plan, name) {
      const { opener } = await applyKeys(join(home, "keys"));
      return opener.open(readFileSync(partFile(home, plan, name)));
    },
    async replacePart(plan, name, content) {
      const { seal } = await planKeys(join(home, "keys"));
      writeFileSync(partFile(home, plan, name), await seal(content));
    },
    setEnv: (name, value) => {
      env[name] = value;
    },
    trace: (name) => join(traces, name),
    traces: () => readdirSync(traces).sort(),
    stateOf: (stack) => {
      try {
        return JSON.parse(readFileSync(stateFile(stack), "utf8"));
      } catch {
        return null;
      }
    },
    writeState: (stack, state) => writeFileSync(stateFile(stack), JSON.stringify(state)),
    async close() {
      looking.close();
      await embedded.close();
      rmSync(around, { recursive: true, force: true });
    },
  };
}

/** Parts lie under the digest of their name. */
export function partFile(home: string, plan: string | null, name: string): string {
  const file = `part-${digestOf(name).slice("sha256:".length)}`;
  return join(home, "bundles", (plan ?? "").slice("sha256:".length), file);
}

function place(path: string, text: string | null): void {
  rmSync(path, { recursive: true, force: true });
  if (text === null) return;
  mkdirSync(dirname(path), { recursive: true });
  if (text.startsWith("->")) symlinkSync(text.slice(2), path);
  else writeFileSync(path, text);
  if (text.startsWith("#!")) chmodSync(path, 0o755);
}

async function withForging(delivery: Delivery, home: string, forging: Forging): Promise<Delivery> {
  const { seal } = await planKeys(join(home, "keys"));
  const plan: Delivery["roles"]["plan"] = async (order) => {
    const planned = await delivery.roles.plan(order);
    return (await forging(planned, seal)) ?? planned;
  };
  return { ...delivery, roles: { ...delivery.roles, plan } };
}

/** A root module; `more` stands behind its one object. */
export function root(more = "", value = "one"): string {
  return `terraform {\n  backend "local" {}\n}\nresource "terraform_data" "this" {\n  input = ${JSON.stringify(value)}\n}\n${more}`;
}

/** A program that a provisioner runs while an object is made. */
export function provisioner(command: string, kind = "local-exec"): string {
  return `resource "terraform_data" "runs" {\n  provisioner ${JSON.stringify(kind)} {\n    command = ${JSON.stringify(command)}\n  }\n}\n`;
}
