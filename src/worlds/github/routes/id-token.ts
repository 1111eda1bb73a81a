import { notFound, ok, Refusal } from "../answer.ts";
import { route } from "../ask.ts";

/** Where jobs get their identities, and where others find the key that these are signed with. No part of the API. */
export const idTokenRoutes = [
  route("GET /_services/token/.well-known/openid-configuration", "nothing", ({ hub }) => {
    const issuer = hub.issuer.url();
    return ok({
      issuer,
      jwks_uri: `${issuer}/.well-known/jwks`,
      subject_types_supported: ["public", "pairwise"],
      response_types_supported: ["id_token"],
      id_token_signing_alg_values_supported: ["RS256"],
      scopes_supported: ["openid"],
    });
  }),
  route("GET /_services/token/.well-known/jwks", "nothing", ({ hub }) => ok(hub.issuer.keys())),
  route("GET /_services/token/jobs/{job_id}", "nothing", ({ hub, who, params, query }) => {
    if (who.kind !== "job" || who.permissions?.id_token !== "write") throw new Refusal(401, "Unauthorized");
    for (const repository of hub.forge.state.repositories) {
      for (const run of hub.kept(repository.name).runs) {
        const job = run.jobs.find(({ id }) => String(id) === params.job_id);
        if (job === undefined || run.id !== who.run) continue;
        const [owner = ""] = repository.name.split("/");
        const audience = query.get("audience") ?? `${hub.url()}/${owner}`;
        return ok({ value: hub.issuer.issue({ repository, run, job }, audience) });
      }
    }
    throw notFound();
  }),
];
