import { randomUUID } from "node:crypto";
import { keyedDigestOf } from "../../domain/digest.ts";
import { InternalError } from "../../domain/errors.ts";
import type { ForgeEvent } from "../real/forge/index.ts";
import { actionsBot } from "./bearer.ts";
import type { Hub } from "./hub.ts";
import type { KeptHook } from "./kept.ts";
import { payloadsOf, type Told } from "./payloads.ts";
import type { Attempt, Delivery, HubEvent, Webhooks } from "./telling.ts";

/** GitHub waits for a hook no longer than this. */
const patience = 10_000;
/** Of a pull request that a token makes or changes: its workflows wait for somebody with write access. */
const newContent: ReadonlySet<string> = new Set(["opened", "synchronize", "reopened"]);
const byTokenToo: ReadonlySet<string> = new Set(["workflow_dispatch", "repository_dispatch"]);

export function openWebhooks(hub: Hub): Webhooks & { tell(event: ForgeEvent | HubEvent): void } {
  const deliveries: (Delivery & { readonly attempts: Attempt[] })[] = [];
  const listeners = new Set<(delivery: Delivery) => void | Promise<void>>();
  let last: Promise<unknown> = Promise.resolve();
  const failures: unknown[] = [];
  const tellOne = async (event: ForgeEvent | HubEvent, hooks: readonly KeptHook[]) => {
    const site = { hub, api: hub.url(), web: hub.url() };
    for (const told of await hub.forge.look(event.repository, (place) => payloadsOf(site, place, event)))
      await deliver(told, event, hooks);
  };
  const deliver = async (told: Told, event: ForgeEvent | HubEvent, hooks: readonly KeptHook[]) => {
    const action = typeof told.payload.action === "string" ? told.payload.action : null;
    const byToken = event.by === actionsBot;
    const delivery = {
      id: randomUUID(),
      number: hub.nextId(),
      event: told.event,
      action,
      repository: event.repository,
      by: event.by,
      at: hub.clock.now(),
      body: JSON.stringify(told.payload),
      payload: told.payload,
      ref: told.ref,
      commit: told.commit,
      startsWorkflows: !byToken || byTokenToo.has(told.event),
      awaitsApproval: byToken && told.event === "pull_request" && newContent.has(action ?? ""),
      attempts: [],
    };
    deliveries.push(delivery);
    for (const listener of listeners) await listener(delivery);
    for (const hook of hooks) {
      if (hook.active && (hook.events.includes("*") || hook.events.includes(told.event)))
        await send(hub, hook, delivery);
    }
  };
  return {
    deliveries,
    tell(event) {
      // A hook that is made later is told nothing of what was before it.
      const hooks = [...hub.kept(event.repository).hooks];
      last = last.then(() => tellOne(event, hooks)).catch((error: unknown) => void failures.push(error));
    },
    async settled() {
      let seen: unknown;
      while (seen !== last) {
        seen = last;
        await last;
      }
      if (failures.length > 0) throw new InternalError("telling what happened failed", { cause: failures[0] });
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async redeliver(id, number) {
      const delivery = deliveries.find((one) => one.id === id);
      const hook = delivery && hub.kept(delivery.repository).hooks.find((one) => one.id === number);
      if (delivery === undefined || hook === undefined)
        throw new InternalError(`there is no delivery ${id} to ${number}`);
      await send(hub, hook, delivery);
    },
  };
}

async function send(hub: Hub, hook: KeptHook, delivery: Delivery & { readonly attempts: Attempt[] }): Promise<void> {
  const signature = keyedDigestOf(Buffer.from(hook.secret), delivery.body).replace(/^hmac:/, "sha256=");
  let status = 0;
  try {
    const answer = await fetch(hook.url, {
      method: "POST",
      body: delivery.body,
      signal: AbortSignal.timeout(patience),
      headers: {
        "content-type": "application/json",
        "user-agent": "GitHub-Hookshot/0000000",
        "x-github-delivery": delivery.id,
        "x-github-event": delivery.event,
        "x-github-hook-id": String(hook.id),
        ...(hook.secret === "" ? {} : { "x-hub-signature-256": signature }),
      },
    });
    status = answer.status;
    await answer.arrayBuffer();
  } catch {
    // Nobody there, or too slow: the attempt says so.
  }
  delivery.attempts.push({ hook: hook.id, at: hub.clock.now(), status });
}
