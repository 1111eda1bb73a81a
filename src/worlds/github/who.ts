import { notFound, Refusal } from "./answer.ts";
import type { Route } from "./ask.ts";
import { type Bearer, nobody } from "./bearer.ts";
import type { Hub } from "./hub.ts";
import { allows, type Permissions } from "./permissions.ts";

/** Who a request says it comes from, by its `authorization`; one that is not good is refused and never read as nobody. */
export function whoAsks(hub: Hub, header: string | undefined): Bearer {
  if (header === undefined || header === "") return nobody;
  const [scheme = "", value = ""] = header.split(/ +/);
  const token = scheme.toLowerCase() === "basic" ? passwordIn(value) : value;
  if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) {
    hub.app.checkJwt(token, hub.clock.now());
    return { ...nobody, kind: "app", login: hub.app.login, permissions: hub.app.permissions };
  }
  const bearer = hub.tokens.find(token);
  if (bearer === undefined || (bearer.expiresAt !== null && bearer.expiresAt <= hub.clock.now()))
    throw new Refusal(401, "Bad credentials");
  return bearer;
}

function passwordIn(value: string): string {
  const pair = Buffer.from(value, "base64").toString();
  return pair.slice(pair.indexOf(":") + 1);
}

const notAccessible = "Resource not accessible by integration";

/** What is public may be read with any token, and with none; but settings and secrets are nobody's to read so. */
const privateMatters: ReadonlySet<string> = new Set([
  "administration",
  "secrets",
  "actions_variables",
  "environments",
  "repository_hooks",
  "members",
]);

/** Refuses what the token was not given; what the person behind it may do is the forge's to judge. */
export function checkAccess(who: Bearer, { method, needs, path }: Route, publicly: boolean): void {
  if (needs === "nothing") return;
  if (needs === "app") {
    if (who.kind !== "app") throw new Refusal(401, "A JSON web token could not be decoded");
    return;
  }
  if (who.kind === "app") throw new Refusal(403, notAccessible);
  if (needs === "people") {
    if (who.kind === "nobody") throw new Refusal(401, "Requires authentication");
    if (who.permissions !== null) throw new Refusal(403, notAccessible);
    return;
  }
  const ways: readonly Permissions[] = Array.isArray(needs) ? needs : [needs as Permissions];
  const open = ways.some((way) => !Object.keys(way).some((name) => privateMatters.has(name)));
  if (method === "GET" && publicly && open) return;
  // A private repository is not there for a stranger.
  if (who.kind === "nobody" && !publicly && path.startsWith("/repos/")) throw notFound();
  if (who.kind === "nobody") throw new Refusal(401, "Requires authentication");
  if (who.permissions === null || ways.some((way) => allows(who.permissions ?? {}, way))) return;
  throw new Refusal(403, notAccessible, {
    headers: { "x-accepted-github-permissions": ways.map(namesOf).join("; ") },
  });
}

function namesOf(way: Permissions): string {
  return Object.entries(way)
    .map(([name, level]) => `${name}=${level}`)
    .join(",");
}
