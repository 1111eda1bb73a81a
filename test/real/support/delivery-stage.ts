import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Delivered, deliver } from "../../../src/delivery/deliver.ts";
import type { Delivery } from "../../../src/delivery/delivery.ts";
import type { Event } from "../../../src/domain/event.ts";
import type { LedgerEntry } from "../../../src/domain/ledger.ts";
import type { CommitSha, Login, StackName } from "../../../src/domain/names.ts";
import type { Run } from "../../../src/domain/run.ts";
import { type Flow, parseFlow } from "../../../src/flow/index.ts";
import { openEmbedded } from "../../../src/hosts/embedded/index.ts";
import { type MemoryForge, memoryForge } from "../../../src/testing/memory-forge.ts";
import { realGit } from "../../contract/real-git.ts";

/** Delivery on a real repository with the real tool, and a forge that only remembers what it is told. */
export interface DeliveryStage {
  readonly delivery: Delivery;
  readonly forge: MemoryForge;
  readonly flow: Flow;
  git(...args: readonly string[]): string;
  /** Writes files on the branch that is checked out, commits, and gives the commit. */
  commit(files: Readonly<Record<string, string | null>>): CommitSha;
  head(branch: string): CommitSha;
  /** What the forge knows of a branch from now on. */
  refer(branch: string): void;
  deliver(event: Event): Promise<readonly Delivered[]>;
  /** Newest first. */
  runs(stack: string): Promise<readonly Run[]>;
  ledger(kind: LedgerEntry["kind"]): Promise<readonly LedgerEntry["body"][]>;
  /** The names and values of the state's objects; null when there is no state. */
  state(name: string): Readonly<Record<string, unknown>> | null;
  close(): Promise<void>;
}

export const ann = "ann" as Login;
export const bob = "bob" as Login;

/** `flow` is given the folder that states lie in. */
export async function openStage(
  flow: (states: string) => string,
  files: Readonly<Record<string, string>>,
): Promise<DeliveryStage> {
  const around = realpathSync(mkdtempSync(join(tmpdir(), "plangate-stage-")));
  const [top, states] = [join(around, "infra"), join(around, "states")];
  for (const folder of [top, states]) mkdirSync(folder);
  const text = flow(states);
  const parsed = parseFlow(text, { file: "plangate.yaml" });
  if (parsed.value === undefined) throw new Error(JSON.stringify(parsed.diagnostics));
  const git = (...args: readonly string[]) => realGit(top, args);
  const commit = (written: Readonly<Record<string, string | null>>) => {
    for (const [path, content] of Object.entries(written)) {
      rmSync(join(top, path), { recursive: true, force: true });
      if (content === null) continue;
      mkdirSync(dirname(join(top, path)), { recursive: true });
      writeFileSync(join(top, path), content);
    }
    git("add", "--all");
    git("commit", "--quiet", "--allow-empty", "--message", "Change");
    return git("rev-parse", "HEAD") as CommitSha;
  };
  git("init", "--quiet", "--initial-branch=main");
  commit({ "plangate.yaml": text, ...files });
  let now = Date.UTC(2026, 0, 6, 10);
  const clock = { now: () => now++ };
  const forge = memoryForge({ now: clock.now, maintainers: [ann, bob], teams: { owners: [ann, bob] } });
  const home = join(around, "home");
  const embedded = await openEmbedded({
    repository: top,
    home,
    flow: parsed.value,
    forge,
    clock,
    env: process.env,
    progress: () => undefined,
  });
  const { delivery, store } = embedded;
  const head = (branch: string) => git("rev-parse", `refs/heads/${branch}`) as CommitSha;
  return {
    delivery,
    forge,
    flow: parsed.value,
    git,
    commit,
    head,
    refer: (branch) => void forge.refs.set(branch, { ref: branch, commit: head(branch), release: null }),
    deliver: (event) => deliver(delivery, event),
    runs: (stack) => store.runs({ stack: stack as StackName }),
    async ledger(kind) {
      const found: LedgerEntry["body"][] = [];
      for await (const entry of store.ledger()) if (entry.kind === kind) found.push(entry.body);
      return found;
    },
    state(name) {
      try {
        return objectsOf(JSON.parse(readFileSync(join(states, name), "utf8")));
      } catch {
        return null;
      }
    },
    async close() {
      await embedded.close();
      rmSync(around, { recursive: true, force: true });
    },
  };
}

interface StateFile {
  readonly resources: readonly {
    readonly type: string;
    readonly name: string;
    readonly instances: readonly { readonly attributes: { readonly input: unknown } }[];
  }[];
}

function objectsOf({ resources }: StateFile): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    resources.map(({ type, name, instances }) => {
      const input = instances[0]?.attributes.input as { readonly value?: unknown } | undefined;
      return [`${type}.${name}`, input?.value ?? input];
    }),
  );
}
