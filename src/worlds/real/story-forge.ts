import { InternalError } from "../../domain/errors.ts";
import type { CommitSha, Login } from "../../domain/names.ts";
import { gatesIn, issuesAtStart, teamsOf } from "../forge-rules.ts";
import type { GateSettings } from "../live-settings.ts";
import { branchesAtStart, defaultBranchOf } from "../scene.ts";
import type { Scene } from "../world.ts";
import type { Forge } from "./forge/index.ts";

/** The repository that every story plays in. */
export const repository = "acme/infra";
export const bot = "plangate[bot]" as Login;
/** Whoever set the repository up, and does what nobody in a story does. */
export const administrator = "root-admin" as Login;

/** Sets the look-alike forge up as a story begins: its people, the flow's gates, issues to link, the first commit. */
export async function settleForge(
  forge: Forge,
  scene: Scene,
  files: Readonly<Record<string, string>>,
): Promise<CommitSha> {
  const everybody = [...scene.people.keys()];
  for (const login of [...everybody, administrator]) forge.addUser({ login, emails: [`${login}@acme.example`] });
  forge.addUser({ login: bot, bot: true });
  const first = defaultBranchOf(scene.flow) ?? "main";
  const others = branchesAtStart(scene.flow).filter((branch) => branch !== first);
  // Stories name issues and pull requests by numbers that both count from 1.
  must(await forge.createRepository(administrator, { name: repository, defaultBranch: first, numbering: "apart" }));
  for (const login of [...everybody, bot])
    must(await forge.act("role", { by: administrator, repository, login, role: "write" }));
  await settleGates(forge, scene);
  for (let number = 1; number <= issuesAtStart; number++)
    must(await forge.act("issue", { by: administrator, repository, title: `Issue ${number}` }));
  const after = await forge.commit({ repository, parent: null, files, message: "First", author: administrator });
  for (const branch of [first, ...others])
    must(await forge.act("push", { by: administrator, repository, ref: `refs/heads/${branch}`, after, force: true }));
  return after;
}

/** An environment of the forge for everywhere that people are asked. */
async function settleGates(forge: Forge, scene: Scene): Promise<void> {
  for (const { name } of gatesIn(scene.flow)) {
    const reviewers = reviewersAt(scene, name, "listed");
    must(await forge.act("environment", { by: administrator, repository, name, reviewers }));
  }
}

/** Whom the forge asks at a gate; it takes six of them. */
export function reviewersAt(scene: Scene, gate: string, who: NonNullable<GateSettings["reviewers"]>): readonly Login[] {
  const by = gatesIn(scene.flow).find(({ name }) => name === gate)?.by ?? { logins: [], teams: [] };
  const listed = [...by.logins, ...by.teams.flatMap((team) => teamsOf(scene)[team] ?? [])];
  return (who === "listed" ? listed : [...scene.people.keys()]).slice(0, 6);
}

/** Stories link the same issues again and again; plangate's own stay as it left them. */
export async function reopenIssues(forge: Forge): Promise<void> {
  const issues = forge.state.repositories.find(({ name }) => name === repository)?.issues ?? [];
  for (const { number, state, opener } of issues) {
    if (state === "closed" && opener === administrator)
      must(await forge.act("edit-issue", { by: administrator, repository, number, state: "open" }));
  }
}

function must<T>(outcome: { ok: true; value: T } | { ok: false; blocked: { message: string } }): T {
  if (!outcome.ok) throw new InternalError(`setting a story up was refused: ${outcome.blocked.message}`);
  return outcome.value;
}
