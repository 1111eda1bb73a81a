import { hasRole, protectionsOf } from "../../real/forge/index.ts";
import { list, notFound, ok, Refusal } from "../answer.ts";
import { maySee, onRepository, type RepositoryAsk, route } from "../ask.ts";
import { optionalFlag } from "../body.ts";
import { commitObject } from "../shapes/commit.ts";
import { account, isSameLogin } from "../shapes/people.ts";
import { fullRepository, repositoryObject, repositoryUrl, rolesOf } from "../shapes/repository.ts";

const methods = ["merge", "squash", "rebase"] as const;
const methodFields = {
  merge: "allow_merge_commit",
  squash: "allow_squash_merge",
  rebase: "allow_rebase_merge",
} as const;

/** Repositories, their branches, and who may do what in them. */
export const repositoryRoutes = [
  onRepository("GET /", { metadata: "read" }, ({ site, repository, who }) =>
    ok(fullRepository(site, repository, who.login)),
  ),
  onRepository("PATCH /", { administration: "write" }, async (ask) => {
    const { body, kept, repository, site, who, act } = ask;
    const mergeMethods = methods.filter(
      (method) => optionalFlag(body, methodFields[method]) ?? repository.settings.mergeMethods.includes(method),
    );
    const deleteBranchOnMerge = optionalFlag(body, "delete_branch_on_merge") ?? repository.settings.deleteBranchOnMerge;
    await act("settings", { mergeMethods, deleteBranchOnMerge });
    kept.settings = {
      ...kept.settings,
      allowAutoMerge: optionalFlag(body, "allow_auto_merge") ?? kept.settings.allowAutoMerge,
      allowUpdateBranch: optionalFlag(body, "allow_update_branch") ?? kept.settings.allowUpdateBranch,
    };
    return ok(fullRepository(site, repository, who.login));
  }),
  onRepository("GET /branches", { contents: "read" }, async (ask) => list(await branches(ask))),
  onRepository("GET /branches/{branch}", { contents: "read" }, async (ask) => {
    const { params, site, repository } = ask;
    const { branch: name = "" } = params;
    return ask.look(async ({ refs, network }) => {
      const tip = refs.get(`refs/heads/${name}`);
      const commit = tip === undefined ? undefined : await network.commit(tip);
      if (commit === undefined) throw notFound();
      const url = `${repositoryUrl(site, repository)}/branches/${encodeURIComponent(name)}`;
      return ok({
        name,
        commit: commitObject(site, repository, commit),
        _links: { self: url, html: `${site.web}/${repository.name}/tree/${name}` },
        protected: protectionsOf(repository, name).length > 0,
        protection: { enabled: false, required_status_checks: { enforcement_level: "off", contexts: [], checks: [] } },
        protection_url: `${url}/protection`,
      });
    });
  }),
  onRepository(
    "GET /collaborators/{username}/permission",
    { metadata: "read" },
    ({ params, repository, site, who }) => {
      const { username = "" } = params;
      const user = site.hub.forge.state.users.find(({ login }) => isSameLogin(login, username));
      if (user === undefined || !hasRole(repository, who.login, "read")) throw notFound();
      checkPusher({ repository, who }, "view collaborator permission");
      const role = repository.roles.find(({ login }) => isSameLogin(login, username))?.role;
      const named = role ?? (repository.private ? "none" : "read");
      // The old word knows four levels only.
      const permission = named === "maintain" ? "write" : named;
      const permissions = rolesOf(repository, user.login);
      return ok({
        permission,
        role_name: named,
        user: { ...account(site, user.login), permissions, role_name: named },
      });
    },
  ),
  onRepository("GET /collaborators", { metadata: "read" }, ({ repository, site, query, who }) => {
    checkPusher({ repository, who }, "view repository collaborators");
    const least = query.get("permission");
    const { users } = site.hub.forge.state;
    // Programs act here and are nobody's collaborators.
    const people = repository.roles.filter(
      ({ login }) => !users.some((user) => user.bot && isSameLogin(user.login, login)),
    );
    const all = people.map(({ login, role }) => ({
      ...account(site, login),
      permissions: rolesOf(repository, login),
      role_name: role,
    }));
    return list(all.filter(({ permissions }) => least === null || permissions[least as keyof typeof permissions]));
  }),
  route("GET /installation/repositories", { metadata: "read" }, ({ hub, site, who }) =>
    list(
      hub.forge.state.repositories
        .filter((repository) => maySee(repository, who))
        .map((one) => repositoryObject(site, one, who.login)),
      "repositories",
    ),
  ),
];

/** Who else may do what is told to nobody who only reads. */
function checkPusher({ repository, who }: Pick<RepositoryAsk, "repository" | "who">, what: string): void {
  if (who.kind === "nobody") throw new Refusal(401, "Requires authentication");
  if (!hasRole(repository, who.login, "write")) throw new Refusal(403, `Must have push access to ${what}.`);
}

function branches({ site, repository, look, query }: RepositoryAsk) {
  const only = query.get("protected");
  return look(async ({ refs }) =>
    [...refs.all()].flatMap(([ref, sha]) => {
      if (!ref.startsWith("refs/heads/")) return [];
      const name = ref.slice("refs/heads/".length);
      const isProtected = protectionsOf(repository, name).length > 0;
      if (only !== null && (only === "true") !== isProtected) return [];
      return [
        { name, commit: { sha, url: `${repositoryUrl(site, repository)}/commits/${sha}` }, protected: isProtected },
      ];
    }),
  );
}
