import { environmentOf, type Instant, type StackName } from "../../domain/names.ts";
import { commentText, sectionsIn, withSection } from "../../domain/own-comment.ts";
import { placeOf } from "../../flow/instances.ts";
import type { ActRequest, Deployment, View } from "./forge/index.ts";
import { done, type PortAbout, repositoryState } from "./forge-access.ts";

/** Somewhere that people are asked: one of the flow's gates, or an environment. To the forge both are environments. */
export interface GateWish {
  readonly gate: string;
  /** Where what waits goes to: what was shown for it is shown at the gate. */
  readonly environment: string;
  /** Who set off what waits. */
  readonly by: string;
}

/** The waiting deployment of a gate: its reviewers can answer as long as there is one. */
export function waitingAt(about: Pick<PortAbout, "forge" | "repository">, gate: string): View<Deployment> | undefined {
  return repositoryState(about).deployments.findLast((one) => one.environment === gate && one.state === "waiting");
}

/**
 * Shows a plan where people are asked about it: at its environment's own gate, which opens for it when nothing waits
 * there yet, and at those gates of rows that stand open for the environment.
 */
export async function showAtGate(about: PortAbout, section: StackName, markdown: string): Promise<Instant> {
  const environment = placeOf(about.flow, section)?.environment.name ?? environmentOf(section);
  const own =
    waitingAt(about, environment) ?? (await openGate(about, { gate: environment, environment, by: about.bot }));
  const ofRows = about.flow.when.flatMap((row) => (row.environment === environment ? (row.gate ?? []) : []));
  const open = [...new Set(ofRows)].flatMap((gate) => waitingAt(about, gate) ?? []);
  for (const { id, summary } of [own, ...open]) {
    const shown = commentText(withSection(sectionsIn(summary), section, markdown));
    await update(about, { deployment: id, summary: shown });
  }
  return about.forge.look(about.repository, async ({ now }) => now);
}

/**
 * Makes GitHub's gates stand where plangate waits for people and nowhere else. One answer closes a gate; when it was
 * not enough, or was given by somebody who does not count, the next job that waits opens it again.
 */
export async function keepGates(about: PortAbout, wishes: readonly GateWish[]): Promise<void> {
  for (const wish of wishes) {
    if (waitingAt(about, wish.gate) === undefined) await openGate(about, wish);
  }
  const wanted = new Set(wishes.map(({ gate }) => gate));
  const over = repositoryState(about).deployments.filter(
    (one) => one.state === "waiting" && !wanted.has(one.environment),
  );
  for (const { id } of over) await update(about, { deployment: id });
}

/** The job runs on the default branch, whatever it delivers: elsewhere a branch could bring a workflow of its own. */
async function openGate(about: PortAbout, { gate, environment, by }: GateWish): Promise<View<Deployment>> {
  const { defaultBranch, deployments } = repositoryState(about);
  const before = deployments.findLast((one) => one.environment === gate || one.environment === environment);
  const ref = `refs/heads/${defaultBranch}`;
  const request = { by, repository: about.repository, environment: gate, ref, summary: before?.summary ?? "" };
  return done(await about.forge.act("deployment", request), `asking at the gate ${gate}`);
}

async function update({ forge, repository, bot }: PortAbout, request: ActRequest<"update-deployment">): Promise<void> {
  done(await forge.act("update-deployment", { by: bot, repository, ...request }), "showing a plan at a gate");
}
