import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { digestOf } from "../../domain/digest.ts";
import { type Answer, Refusal } from "./answer.ts";
import type { Ask, Method, Route } from "./ask.ts";
import type { Bearer } from "./bearer.ts";
import { type Body, parseBody } from "./body.ts";
import { failRequest } from "./fail.ts";
import type { Faults } from "./faults.ts";
import { answerGit, isGitPath } from "./git-http.ts";
import type { Hub } from "./hub.ts";
import type { Limit } from "./limits.ts";
import { pageOf } from "./pages.ts";
import { openRouter } from "./routing.ts";
import { seatBot } from "./seats.ts";
import { checkAccess, whoAsks } from "./who.ts";

/** One request and what came of it, for whoever checks answers against GitHub's description. */
export interface Exchange {
  readonly method: string;
  /** The endpoint, as GitHub's description writes it; null for Git's own requests and unknown ones. */
  readonly route: string | null;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly request: Body;
  readonly status: number;
  /** Undefined where the answer is no JSON. */
  readonly answer: unknown;
  readonly by: string;
}

export interface ServerAbout {
  readonly hub: Hub;
  readonly routes: readonly Route[];
  readonly faults: Faults;
  /** Called with each exchange, before its answer goes out. */
  readonly saw: (exchange: Exchange) => void;
  /** Called with what no endpoint is known for. */
  readonly unknown: (what: string) => void;
}

export interface RunningServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Enterprise's base; github.com's is the root of a host of its own. Both are answered here. */
const enterprise = "/api/v3";
const longestRequest = 100 * 1024 * 1024;

export async function startServer(about: ServerAbout): Promise<RunningServer> {
  const router = openRouter(about.routes);
  const server = createServer((request, response) => {
    answerRequest(request, response, { ...about, router }).catch((error: unknown) => {
      about.unknown(
        `${request.method} ${request.url} broke the look-alike: ${error instanceof Error ? error.stack : String(error)}`,
      );
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

type Serving = ServerAbout & { readonly router: ReturnType<typeof openRouter> };

async function answerRequest(request: IncomingMessage, response: ServerResponse, about: Serving): Promise<void> {
  const { hub, faults } = about;
  const url = new URL(request.url ?? "/", hub.url());
  const [api, path] = baseOf(hub, url.pathname);
  const method = (request.method ?? "GET") as Method;
  const fault = faults.take(method, path);
  if (fault !== undefined && fault.how !== "late") return failRequest(request, response, fault);
  if (isGitPath(url.pathname)) {
    about.saw(exchangeOf({ method, path, url }));
    return answerGit(request, response, hub);
  }
  const raw = await readRequest(request);
  response.setHeader("x-github-request-id", randomUUID());
  response.setHeader("x-github-api-version-selected", String(request.headers["x-github-api-version"] ?? "2022-11-28"));
  const found = about.router(method, path);
  if (found === undefined) about.unknown(`${method} ${path}`);
  let told: Told;
  let body: Body = {};
  let who: Bearer | undefined;
  try {
    who = whoAsks(hub, request.headers.authorization);
    const limit = countRequest(about, who, path);
    for (const [name, value] of limitHeaders(limit)) response.setHeader(name, value);
    if (found === undefined) throw new Refusal(404, "Not Found");
    const bytes = /^application\/(octet-stream|zip)/.test(request.headers["content-type"] ?? "");
    body = bytes ? { bytes: raw } : parseBody(raw);
    const repository = repositoryIn(hub, found.params);
    checkAccess(who, found.route, repository?.private === false);
    if (repository !== undefined) await seatBot(hub, who, repository);
    const site = { hub, api, web: hub.url() };
    const accept = request.headers.accept ?? "";
    const ask: Ask = { hub, site, method, params: found.params, query: url.searchParams, accept, body, who };
    told = tellAnswer(await found.route.answer(ask), `${api}${path}`, url.searchParams);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    told = tellRefusal(error);
  }
  about.saw({
    ...exchangeOf({ method, path, url }),
    // Where bytes lie is no part of the API, and GraphQL is described elsewhere.
    route: found === undefined || /^\/(_|graphql)/.test(found.route.path) ? null : `${method} ${found.route.path}`,
    request: body,
    status: told.status,
    answer: told.json,
    by: who?.login ?? "",
  });
  if (fault !== undefined) return failRequest(request, response, { ...fault, how: "bad-gateway" });
  const spared = sendAnswer(request, response, told);
  if (spared && who !== undefined) hub.limits.giveBack(who, hub.clock.now());
}

function exchangeOf(about: { readonly method: string; readonly path: string; readonly url: URL }): Exchange {
  const { method, path, url } = about;
  const query = Object.fromEntries(url.searchParams);
  return { method, route: null, path, query, request: {}, status: 0, answer: undefined, by: "" };
}

function baseOf(hub: Hub, path: string): readonly [string, string] {
  if (path === "/api/graphql") return [`${hub.url()}${enterprise}`, "/graphql"];
  return path === enterprise || path.startsWith(`${enterprise}/`)
    ? [`${hub.url()}${enterprise}`, path.slice(enterprise.length) || "/"]
    : [hub.url(), path];
}

function repositoryIn({ forge }: Hub, { owner, repo }: Readonly<Record<string, string>>) {
  const name = `${owner}/${repo}`.toLowerCase();
  return forge.state.repositories.find((known) => known.name.toLowerCase() === name);
}

async function readRequest(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > longestRequest) throw new Refusal(413, "Payload Too Large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** What asks for the limit does not count against it, nor what asks for identities and keys: that is no part of the API. */
function countRequest({ hub }: ServerAbout, who: Bearer, path: string): Limit {
  const { limits } = hub;
  const now = hub.clock.now();
  if (path === "/rate_limit" || path.startsWith("/_services/")) return limits.look(who, now);
  const limit = limits.count(who, now);
  if (limit !== undefined) return limit;
  const headers = Object.fromEntries(limitHeaders(limits.look(who, now)));
  throw new Refusal(403, `API rate limit exceeded for ${who.login === "" ? "127.0.0.1" : `user ${who.login}`}.`, {
    headers,
  });
}

function limitHeaders({ limit, remaining, used, reset }: Limit): readonly (readonly [string, string])[] {
  return [
    ["x-ratelimit-limit", String(limit)],
    ["x-ratelimit-remaining", String(remaining)],
    ["x-ratelimit-used", String(used)],
    ["x-ratelimit-reset", String(reset)],
    ["x-ratelimit-resource", "core"],
  ];
}

interface Told {
  readonly status: number;
  readonly json: unknown;
  readonly bytes: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

function tellAnswer(answer: Answer, url: string, query: URLSearchParams): Told {
  if ("bytes" in answer)
    return { status: answer.status, json: undefined, bytes: answer.bytes, headers: answer.headers ?? {} };
  if ("list" in answer) {
    const { items, link } = pageOf(answer.list, url, query);
    const body =
      answer.key === undefined ? items : { ...answer.beside, total_count: answer.list.length, [answer.key]: items };
    return tellJson(200, body, link === null ? {} : { link });
  }
  return tellJson(answer.status, answer.body, answer.headers ?? {});
}

function tellRefusal({ status, message, errors, headers }: Refusal): Told {
  const body = {
    message,
    ...(errors === undefined ? {} : { errors }),
    documentation_url: "https://docs.github.com/rest",
    status: String(status),
  };
  return tellJson(status, body, headers);
}

function tellJson(status: number, body: unknown, headers: Readonly<Record<string, string>>): Told {
  if (body === undefined) return { status, json: undefined, bytes: Buffer.alloc(0), headers };
  const bytes = Buffer.from(JSON.stringify(body));
  return {
    status,
    json: JSON.parse(bytes.toString()),
    bytes,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
  };
}

/** An answer that whoever asks has already is not sent again; true when that was so. */
function sendAnswer(request: IncomingMessage, response: ServerResponse, told: Told): boolean {
  for (const [name, value] of Object.entries(told.headers)) response.setHeader(name, value);
  if (request.method === "GET" && told.status === 200) {
    const tag = `W/"${digestOf(told.bytes).slice("sha256:".length)}"`;
    response.setHeader("etag", tag);
    response.setHeader("cache-control", "private, max-age=60, s-maxage=60");
    if (request.headers["if-none-match"] === tag) {
      response.writeHead(304);
      response.end();
      return true;
    }
  }
  response.writeHead(told.status);
  response.end(told.bytes);
  return false;
}
