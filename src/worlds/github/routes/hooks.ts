import { created, invalid, list, noContent, notFound, ok } from "../answer.ts";
import { onRepository, type RepositoryAsk } from "../ask.ts";
import { object, optionalFlag, optionalText, text, texts } from "../body.ts";
import type { KeptHook } from "../kept.ts";
import { time } from "../shapes/people.ts";
import { repositoryId, repositoryUrl } from "../shapes/repository.ts";

const reads = { repository_hooks: "read" } as const;
const writes = { repository_hooks: "write" } as const;

/** Webhooks of a repository, and what was sent to them. */
export const hookRoutes = [
  onRepository("GET /hooks", reads, (ask) => list(ask.kept.hooks.map((hook) => hookObject(ask, hook)))),
  onRepository("POST /hooks", writes, (ask) => {
    ask.needRole("admin");
    const { body, kept, hub } = ask;
    const config = object(body, "config");
    if (config === undefined) throw invalid("Hook", "config", "missing_field");
    const made: KeptHook = {
      id: hub.nextId(),
      url: text(config, "url"),
      secret: optionalText(config, "secret") ?? "",
      events: texts(body, "events") ?? ["push"],
      active: optionalFlag(body, "active") !== false,
      createdAt: hub.clock.now(),
    };
    kept.hooks.push(made);
    return created(hookObject(ask, made));
  }),
  onRepository("GET /hooks/{hook_id}", reads, (ask) => ok(hookObject(ask, hookIn(ask)))),
  onRepository("DELETE /hooks/{hook_id}", writes, (ask) => {
    ask.needRole("admin");
    ask.kept.hooks.splice(ask.kept.hooks.indexOf(hookIn(ask)), 1);
    return noContent;
  }),
  onRepository("GET /hooks/{hook_id}/deliveries", reads, (ask) => {
    const { hub, repository, site } = ask;
    const { id } = hookIn(ask);
    const sent = hub.webhooks().deliveries.flatMap((delivery) =>
      delivery.attempts.flatMap((attempt, index) =>
        attempt.hook === id && delivery.repository === repository.name
          ? [
              {
                id: delivery.number,
                guid: delivery.id,
                delivered_at: time(attempt.at),
                redelivery: index > 0,
                duration: 0.01,
                status:
                  attempt.status >= 200 && attempt.status < 300 ? "OK" : `Invalid HTTP Response: ${attempt.status}`,
                status_code: attempt.status,
                event: delivery.event,
                action: delivery.action,
                installation_id: null,
                repository_id: repositoryId(site, repository.name),
              },
            ]
          : [],
      ),
    );
    return list(sent.toReversed());
  }),
  onRepository("POST /hooks/{hook_id}/deliveries/{delivery_id}/attempts", writes, async (ask) => {
    ask.needRole("admin");
    const webhooks = ask.hub.webhooks();
    const found = webhooks.deliveries.find(({ number }) => String(number) === ask.params.delivery_id);
    if (found === undefined) throw notFound();
    await webhooks.redeliver(found.id, hookIn(ask).id);
    return { status: 202, body: {} };
  }),
];

function hookIn({ kept, params }: RepositoryAsk): KeptHook {
  const found = kept.hooks.find(({ id }) => String(id) === params.hook_id);
  if (found === undefined) throw notFound();
  return found;
}

function hookObject({ site, repository }: RepositoryAsk, hook: KeptHook) {
  const url = `${repositoryUrl(site, repository)}/hooks/${hook.id}`;
  return {
    type: "Repository",
    id: hook.id,
    name: "web",
    active: hook.active,
    events: hook.events,
    config: {
      content_type: "json",
      insecure_ssl: "0",
      url: hook.url,
      ...(hook.secret === "" ? {} : { secret: "********" }),
    },
    updated_at: time(hook.createdAt),
    created_at: time(hook.createdAt),
    url,
    test_url: `${url}/test`,
    ping_url: `${url}/pings`,
    deliveries_url: `${url}/deliveries`,
    last_response: { code: null, status: "unused", message: null },
  };
}
