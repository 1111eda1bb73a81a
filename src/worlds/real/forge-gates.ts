import { environmentOf, type Instant, type StackName } from "../../domain/names.ts";
import type { ActRequest, Deployment, View } from "./forge/index.ts";
import { done, type PortAbout, repositoryState } from "./forge-access.ts";
import { commentText, sectionsIn, withSection } from "./forge-sections.ts";

/** Somewhere that people are asked, and what they are shown there. */
export interface GateWish {
  readonly environment: string;
  /** Who set off what waits. */
  readonly by: string;
}

/** The waiting deployment of an environment: its reviewers can answer as long as there is one. */
export function waitingAt(
  about: Pick<PortAbout, "forge" | "repository">,
  environment: string,
): View<Deployment> | undefined {
  return repositoryState(about).deployments.findLast(
    (one) => one.environment === environment && one.state === "waiting",
  );
}

/** Shows a plan at its environment's gate, which opens for it when nothing waits there yet. */
export async function showAtGate(about: PortAbout, section: StackName, markdown: string): Promise<Instant> {
  const environment = environmentOf(section);
  const waiting = waitingAt(about, environment) ?? (await openGate(about, { environment, by: about.bot }));
  const summary = commentText(withSection(sectionsIn(waiting.summary), section, markdown));
  await update(about, { deployment: waiting.id, summary });
  return about.forge.look(about.repository, async ({ now }) => now);
}

/**
 * Makes GitHub's gates stand where plangate waits for people and nowhere else. One answer closes a gate; when it was
 * not enough, or was given by somebody who does not count, the next job that waits opens it again.
 */
export async function keepGates(about: PortAbout, wishes: readonly GateWish[]): Promise<void> {
  for (const wish of wishes) {
    if (waitingAt(about, wish.environment) === undefined) await openGate(about, wish);
  }
  const wanted = new Set(wishes.map(({ environment }) => environment));
  const over = repositoryState(about).deployments.filter(
    (one) => one.state === "waiting" && !wanted.has(one.environment),
  );
  for (const { id } of over) await update(about, { deployment: id });
}

/** The job runs on the default branch, whatever it delivers: elsewhere a branch could bring a workflow of its own. */
async function openGate(about: PortAbout, { environment, by }: GateWish): Promise<View<Deployment>> {
  const { defaultBranch, deployments } = repositoryState(about);
  const before = deployments.findLast((one) => one.environment === environment);
  const ref = `refs/heads/${defaultBranch}`;
  const request = { by, repository: about.repository, environment, ref, summary: before?.summary ?? "" };
  return done(await about.forge.act("deployment", request), `asking at the gate of ${environment}`);
}

async function update({ forge, repository, bot }: PortAbout, request: ActRequest<"update-deployment">): Promise<void> {
  done(await forge.act("update-deployment", { by: bot, repository, ...request }), "showing a plan at a gate");
}
