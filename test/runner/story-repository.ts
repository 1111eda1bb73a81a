/**
 * The repository of a story on the look-alike GitHub as it begins: the flow and all that it compiles to, the keys where they
 * belong, and a record of what was applied before.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseDocument } from "yaml";
import { openBundleFolder } from "../../src/adapters/bundles/index.ts";
import { openRemoteBranch } from "../../src/adapters/git/index.ts";
import { applyKeys, presentKeys, secretKey } from "../../src/adapters/keys/index.ts";
import { openRecordBranch } from "../../src/adapters/record-branch/index.ts";
import { placeJobKeys } from "../../src/apps/ci/job-keys.ts";
import { recipientAt } from "../../src/apps/ci/public-keys.ts";
import { version } from "../../src/apps/cli/version.ts";
import { compile } from "../../src/compile/index.ts";
import { presentEnvironment, recordBranch } from "../../src/compile/names.ts";
import { keysOf, settingsOf } from "../../src/compile/settings/index.ts";
import { changesOf } from "../../src/compile/written/index.ts";
import { keyFileOf } from "../../src/domain/forge-keys.ts";
import type { CommitSha } from "../../src/domain/names.ts";
import { parsePublicKeys, publicKeysFile } from "../../src/domain/public-keys.ts";
import type { Holder } from "../../src/domain/run.ts";
import { type Flow, parseFlow, renderPreset, stacksIn } from "../../src/flow/index.ts";
import { placeOf } from "../../src/flow/instances.ts";
import { openDecidingHost } from "../../src/hosts/actions/index.ts";
import { madeKeys } from "../../src/testing/made-keys.ts";
import { teamsOf } from "../../src/worlds/forge-rules.ts";
import type { GitHub, Permissions } from "../../src/worlds/github/index.ts";
import { applyBefore } from "../../src/worlds/real/baseline.ts";
import { makeFixture, withLocalStates } from "../../src/worlds/real/fixture.ts";
import { openForgePort } from "../../src/worlds/real/forge-port.ts";
import { openStates } from "../../src/worlds/real/states.ts";
import { bot, repository } from "../../src/worlds/real/story-forge.ts";
import type { Scene } from "../../src/worlds/world.ts";

/** The flow of a preset, and whom the story tells of. */
interface FlowAbout {
  readonly scene: Scene;
  readonly preset: Parameters<typeof renderPreset>[0];
  /** The flow's file where it is not the preset's. */
  readonly text?: string;
}

/**
 * The preset as a file, with the story's people, and states below a folder. What is promoted by fast-forward takes an app: GitHub
 * lets no workflow's own token move a protected branch.
 */
export function textOfFlow({ preset, scene, text = renderPreset(preset) }: FlowAbout, states: string): string {
  const document = parseDocument(text);
  if (scene.flow.branches.some(({ merge }) => merge.includes("fast-forward"))) {
    const [owner, name] = repository.split("/");
    document.set("identity", "app");
    document.set("repository", { owner, name, app: appName });
  }
  for (const [team, logins] of Object.entries(teamsOf(scene))) document.setIn(["teams", team], logins);
  for (const [index, { backend }] of withLocalStates(scene.flow, states).stacks.entries())
    document.setIn(["stacks", index, "backend"], backend);
  return document.toString();
}

export function flowIn(text: string): Flow {
  const { value, diagnostics } = parseFlow(text, { file: flowFile });
  if (value === undefined) throw new Error(JSON.stringify(diagnostics));
  return value;
}

const flowFile = "plangate.yaml";
/** As the look-alike calls its app. */
const appName = "plangate";

/** What `docs/actions.md` says that the app is to be granted. */
export const appRights: Permissions = {
  actions: "read",
  checks: "write",
  contents: "write",
  deployments: "write",
  issues: "write",
  members: "read",
  metadata: "read",
  pull_requests: "write",
};

/** What GitHub hands out for its app, beside the other keys. */
export function writeAppKeys({ app }: Pick<GitHub, "app">, folder: string): void {
  writeFileSync(join(folder, "PLANGATE_APP_ID"), `${app.id}\n`);
  writeFileSync(join(folder, "PLANGATE_APP_KEY"), app.privateKey);
}

/** The flow, and everything that it compiles to. */
export function repositoryFiles(
  flow: Flow,
  text: string,
  first: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const stacks = stacksIn(flow, Object.keys(first), flowFile).value ?? [];
  const about = { stacks, flowFile, version: version(), defaultBranch: "main" };
  const there = new Map(Object.entries(first).filter(([path]) => path.startsWith(".github/")));
  const { changes, diagnostics } = changesOf(compile(flow, about).files, { ...about, there, force: false });
  if (diagnostics.length > 0) throw new Error(JSON.stringify(diagnostics));
  return { [flowFile]: text, ...Object.fromEntries(changes.map(({ path, after }) => [path, after ?? ""])) };
}

/** Puts each key where it belongs. Gives what only jobs get to see. */
export function placeKeys(github: GitHub, flow: Flow, folder: string) {
  const environments: Record<string, Record<string, string>> = {};
  const { settings } = settingsOf(flow, { flowFile, defaultBranch: "main" });
  const kept = github.kept(repository);
  const at = { createdAt: 0, updatedAt: 0 };
  const textOf = (file: string) => readFileSync(join(folder, file), "utf8").trim();
  const wanted = keysOf(flow, settings);
  for (const name of wanted.variables) kept.variables.set(name, { name, value: textOf(name), ...at });
  for (const { name: environment, secrets, keysOf: whose } of wanted.environments) {
    for (const name of secrets) kept.environments.get(environment.toLowerCase())?.secrets.set(name, at);
    environments[environment] = Object.fromEntries(secrets.map((name) => [name, textOf(keyFileOf(name, whose))]));
  }
  return { repository: {}, environments };
}

interface Settling {
  readonly github: GitHub;
  readonly scene: Scene;
  readonly dir: string;
  readonly keys: string;
  readonly states: string;
  readonly first: CommitSha;
  readonly clock: { now(): number };
}

/** Everything that is there was applied before, as the record has it. */
export async function settleRecord({ github, scene, dir, keys, states, first, clock }: Settling): Promise<void> {
  const { flow } = scene;
  const [home, url] = [join(dir, "home"), `${github.url}/${repository}.git`];
  mkdirSync(home);
  const placed = placeJobKeys("present", madeKeys(keys, presentEnvironment), home);
  const known = parsePublicKeys(readFileSync(join(keys, basename(publicKeysFile)), "utf8")) ?? null;
  const rights = { contents: "write" } as const;
  const token = await github.tokenFor(
    flow.identity === "app" ? { installation: rights, repositories: [repository] } : { job: rights, repository },
  );
  const authorization = async () => `Basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`;
  const author = { name: "plangate", email: "plangate@users.noreply.github.com" };
  const place = { dir: join(home, "record"), url, branch: recordBranch, env: process.env, authorization, author };
  const branch = await openRemoteBranch(place);
  const { signatures } = await applyKeys(placed.dir);
  const { signer } = await presentKeys(placed.dir);
  const key = await secretKey(placed.dir);
  const store = await openRecordBranch({ branch, clock, artifact: "none", signatures, signer, key });
  const host = await openDecidingHost({
    repository: github.forge.dirOf(repository),
    home,
    flow,
    flowFile,
    keys: placed.dir,
    store,
    forge: openForgePort({ forge: github.forge, repository, flow, bot }),
    bundles: openBundleFolder(join(home, "bundles")),
    clock,
    holder: { host: "before", pid: 1, startedAt: "1" } satisfies Holder,
    env: process.env,
    progress: () => undefined,
    handedOver: [],
    seen: new Map(),
    recipientAt: (environment) => recipientAt(known, environment),
  });
  try {
    const { delivery } = host;
    const stacks = await delivery.configuration.stacks(await delivery.repository.treeOf(first));
    const fixture = makeFixture(scene);
    for (const stack of stacks.values()) {
      // Instances come with pull requests, and there is none yet.
      if (placeOf(flow, stack.name) !== undefined)
        await applyBefore(delivery, stack, { fixture, states: openStates(states, flow), commit: first });
    }
  } finally {
    host.close();
    await store.close();
    branch.close();
    placed.remove();
  }
}
