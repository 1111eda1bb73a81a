import { openSettings } from "../../src/adapters/github/settings/index.ts";
import { audit, changesOf } from "../../src/audit/index.ts";
import {
  capabilitiesOf,
  environmentSecrets,
  keysOf,
  rulesetPrefix,
  settingsOf,
} from "../../src/compile/settings/index.ts";
import type { Flow } from "../../src/flow/index.ts";
import { owner, repo, type SmallGitHub } from "./small-github.ts";

/** An audit as somebody, and what `--fix` does, without the pauses between changes that GitHub asks for. */
export async function openAuditor(small: Pick<SmallGitHub, "github">, flow: Flow, who: string) {
  const { settings } = settingsOf(flow, { flowFile: "f", defaultBranch: "main" });
  const actors = settings.rulesets.flatMap(({ bypass_actors }) => bypass_actors.map(({ actor }) => actor));
  const said: string[] = [];
  const live = openSettings({
    apiUrl: small.github.url,
    token: await small.github.tokenFor({ person: who }),
    owner,
    repo,
    apps: [...new Set(["github-actions", ...actors])],
    environments: settings.environments.map(({ name }) => name),
    progress: (line) => void said.push(line),
    signal: new AbortController().signal,
    patience: { second: 10, spaced: false },
  });
  const look = async () => {
    const seen = await live.read();
    const asking = capabilitiesOf(flow, settings, seen.about).find(
      ({ feature }) => feature === "environment-reviewers",
    );
    const about = {
      rulesetPrefix,
      asksPeople: asking?.available !== false,
      compiled: [],
      environmentSecrets,
      keys: keysOf(flow, settings),
    };
    return audit(settings, seen, { ...about, repository: { owner, name: repo, id: null, ownerId: null } });
  };
  const fix = async () => {
    const changes = changesOf((await look()).findings);
    for (const { step } of changes) await live.perform(step);
    return changes.length;
  };
  return { look, fix, said };
}
