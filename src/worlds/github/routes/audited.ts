import { hasRole } from "../../real/forge/index.ts";
import { noContent, notFound, ok } from "../answer.ts";
import { type Ask, onRepository, route } from "../ask.ts";
import { optionalFlag } from "../body.ts";
import { actionsApp, integration, isOrganization, isSameLogin, time } from "../shapes/people.ts";
import { repositoryUrl } from "../shapes/repository.ts";
import { organizationObject } from "./accounts.ts";

const forks = "/actions/permissions/fork-pr-workflows-private-repos";

/** What is looked at when a repository's settings are compared with what they should be. */
export const auditedRoutes = [
  route("GET /apps/{app_slug}", "nothing", ({ site, hub, params }) => {
    const known = [actionsApp, { id: hub.app.id, slug: hub.app.slug, name: "plangate" }];
    const found = known.find(({ slug }) => slug === params.app_slug);
    if (found === undefined) throw notFound();
    return ok(integration(site, found));
  }),
  route("GET /orgs/{org}", "nothing", (ask) => {
    const { hub, site, params } = ask;
    const { org = "" } = params;
    if (!isOrganization(site, org)) throw notFound();
    // What an organisation pays for is told to its owners.
    const plan = { name: hub.plan, space: 976_562_499, private_repos: 9999 };
    return ok({ ...organizationObject(ask, org), ...(owns(ask, org) ? { plan } : {}) });
  }),
  onRepository("GET /keys", { administration: "read" }, ({ kept, site, repository, needRole }) => {
    needRole("admin");
    const keys = kept.settings.deployKeys.map(({ title, readOnly }, index) => ({
      id: index + 1,
      key: `ssh-ed25519 AAAA${index}`,
      url: `${repositoryUrl(site, repository)}/keys/${index + 1}`,
      title,
      verified: true,
      created_at: time(0),
      read_only: readOnly,
    }));
    return ok(keys);
  }),
  onRepository(`GET ${forks}`, { administration: "read" }, ({ kept, repository, needRole }) => {
    needRole("admin");
    if (!repository.private) throw notFound();
    const { run, writeTokens, secrets, approval } = kept.settings.privateForks;
    return ok({
      run_workflows_from_fork_pull_requests: run,
      send_write_tokens_to_workflows: writeTokens,
      send_secrets_and_variables: secrets,
      require_approval_for_fork_pr_workflows: approval,
    });
  }),
  onRepository(`PUT ${forks}`, { administration: "write" }, ({ kept, repository, body, needRole }) => {
    needRole("admin");
    if (!repository.private) throw notFound();
    const { privateForks: before } = kept.settings;
    kept.settings = {
      ...kept.settings,
      privateForks: {
        run: optionalFlag(body, "run_workflows_from_fork_pull_requests") ?? before.run,
        writeTokens: optionalFlag(body, "send_write_tokens_to_workflows") ?? before.writeTokens,
        secrets: optionalFlag(body, "send_secrets_and_variables") ?? before.secrets,
        approval: optionalFlag(body, "require_approval_for_fork_pr_workflows") ?? before.approval,
      },
    };
    return noContent;
  }),
];

function owns({ hub, who }: Ask, org: string): boolean {
  return hub.forge.state.repositories.some(
    (repository) => isSameLogin(repository.name.split("/")[0] ?? "", org) && hasRole(repository, who.login, "admin"),
  );
}
