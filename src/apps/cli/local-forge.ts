import type { Clock, Forge, Repository } from "../../delivery/ports.ts";
import { DeliveryError } from "../../domain/errors.ts";
import type { Login } from "../../domain/names.ts";
import type { Flow } from "../../flow/flow.ts";

/** What a person's own machine knows of a forge: nothing that could open a gate. Teams are the logins that the flow lists itself. */
export function localForge({ flow, repository, clock }: { flow: Flow; repository: Repository; clock: Clock }): Forge {
  return {
    pullRequest: async () => undefined,
    pullRequestsOf: async () => [],
    loginOf: async (email) => `email:${email.toLowerCase()}` as Login,
    teams: async () => Object.fromEntries(Object.entries(flow.teams).map(([name, team]) => [name, team.logins])),
    maintainers: async () => [],
    gateAnswers: async () => [],
    commitAnswers: async () => [],
    pusherOf: async () => null,
    openBetween: async () => null,
    async ref(ref) {
      const commit = await repository.resolve(
        ref.startsWith("tag:") ? `refs/tags/${ref.slice("tag:".length)}` : `refs/heads/${ref}`,
      );
      return commit === undefined ? undefined : { ref, commit, release: null };
    },
    latestRelease: async () => null,
    show: async () => clock.now(),
    showFlowChange: async () => undefined,
    reportCheck: async () => undefined,
    openPullRequest: async () => noForge("open a pull request on"),
    fastForward: async () => noForge("move a branch on"),
    // What it would say stands in the run and on the ledger.
    raiseIssue: async () => ({ changed: false }),
    openIssues: async () => [],
    closeIssue: async () => ({ changed: false }),
    release: async () => noForge("make a release on"),
  };
}

function noForge(what: string): never {
  throw new DeliveryError({ code: "no-forge", message: `there is no forge here to ${what}`, reaction: "stop" });
}
