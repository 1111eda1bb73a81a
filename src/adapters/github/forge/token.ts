import { sign } from "node:crypto";
import * as z from "zod";
import { DeliveryError } from "../../../domain/errors.ts";
import { type Instant, parseInstant } from "../../../domain/names.ts";
import { type ClientAbout, openClient } from "../client.ts";
import { ask } from "../settings/connection.ts";
import type { AppRights, GitHubForgeAbout } from "./about.ts";

type App = Extract<GitHubForgeAbout["identity"], { kind: "app" }>;

/** As whom, and of which repository, a token is wanted. */
export type TokenAbout = Omit<ClientAbout, "token" | "onlyAsks"> &
  Pick<GitHubForgeAbout, "identity" | "owner" | "repo" | "clock">;

/** What `openClient` is given to act as somebody. */
export function tokenOf(about: TokenAbout): ClientAbout["token"] {
  const { identity } = about;
  return identity.kind === "token" ? identity.token : installationTokens(about, identity);
}

const minute = 60_000;

/** Tokens of the app's installation, for this repository alone; a new one is asked for before the last one ends. */
function installationTokens(about: TokenAbout, app: App): () => Promise<string> {
  let current: Promise<{ readonly token: string; readonly until: Instant }> | undefined;
  return async () => {
    const known = await current;
    if (known === undefined || known.until - about.clock.now() < 5 * minute) current = makeToken(about, app);
    try {
      return (await (current ?? makeToken(about, app))).token;
    } catch (error) {
      current = undefined;
      throw error;
    }
  };
}

const installation = z.object({ id: z.int(), permissions: z.record(z.string(), z.string()) });
const made = z.object({ token: z.string().min(1).max(1000), expires_at: z.string() });

async function makeToken(about: TokenAbout, app: App) {
  const { owner, repo, clock } = about;
  const to = { octokit: openClient({ ...about, token: wordOf(app, clock.now()) }), owner, repo };
  const right = "of the app: its own key, PLANGATE_APP_KEY, and its installation in the repository";
  const { id, permissions } = await ask(to, installation, {
    route: "GET /repos/{owner}/{repo}/installation",
    doing: { what: `looking for the app's installation in ${owner}/${repo}`, right },
  });
  const { token, expires_at } = await ask(to, made, {
    route: "POST /app/installations/{installation_id}/access_tokens",
    with: { installation_id: id, repositories: [repo], ...(app.may === undefined ? {} : among(permissions, app.may)) },
    doing: { what: "making a token of the app's installation", right },
  });
  return { token, until: parseInstant(expires_at) ?? clock.now() + 30 * minute };
}

/** Asking for more than was granted gives no token at all, and what a repository of a person's own has no use for nobody grants. */
function among(granted: Readonly<Record<string, string>>, may: AppRights) {
  const both = Object.entries(may).filter(([name]) => Object.hasOwn(granted, name));
  return {
    permissions: Object.fromEntries(both.map(([name, most]) => [name, granted[name] === "read" ? "read" : most])),
  };
}

/** The app's own word by RFC 7519, signed with its key; it may be a minute older than it is, for clocks that differ. */
function wordOf({ appId, privateKey }: App, now: Instant): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const seconds = Math.floor(now / 1000);
  const text = `${part({ alg: "RS256", typ: "JWT" })}.${part({ iat: seconds - 60, exp: seconds + 540, iss: appId })}`;
  try {
    return `${text}.${sign("RSA-SHA256", Buffer.from(text), privateKey).toString("base64url")}`;
  } catch (error) {
    throw new DeliveryError({
      code: "setting-wrong",
      message: "the app's key cannot be read",
      reaction: "stop",
      hint: "PLANGATE_APP_KEY is the whole text that GitHub hands out once, from -----BEGIN to END-----.",
      cause: error,
    });
  }
}
