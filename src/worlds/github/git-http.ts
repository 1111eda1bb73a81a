import { spawn } from "node:child_process";
import type { IncomingMessage, ServerResponse } from "node:http";
import { gunzipSync } from "node:zlib";
import { gitIn, runGit } from "../../adapters/git/run-git.ts";
import { hasRole, type RepositoryState, type View } from "../real/forge/index.ts";
import { Refusal } from "./answer.ts";
import { maySee } from "./ask.ts";
import type { Bearer } from "./bearer.ts";
import type { Hub } from "./hub.ts";
import { allows } from "./permissions.ts";
import { band, flush, pktLine, readPktLines } from "./pkt-line.ts";
import { pushRef, shaOrNull } from "./push.ts";
import { seatBot } from "./seats.ts";
import { whoAsks } from "./who.ts";

const gitPath = /^\/([^/]+\/[^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/;

export function isGitPath(path: string): boolean {
  return gitPath.test(path);
}

/**
 * Git's smart HTTP. Reading is `git http-backend`'s work; of a push it tells the refs, and what comes in is judged by
 * the forge, ref by ref, which then moves them itself.
 */
export async function answerGit(request: IncomingMessage, response: ServerResponse, hub: Hub): Promise<void> {
  const url = new URL(request.url ?? "/", hub.url());
  const [, name = "", service = ""] = gitPath.exec(url.pathname) ?? [];
  const pushing = service === "git-receive-pack" || url.searchParams.get("service") === "git-receive-pack";
  const body = await readAll(request);
  try {
    const who = whoAsks(hub, request.headers.authorization);
    const repository = hub.forge.state.repositories.find((known) => known.name.toLowerCase() === name.toLowerCase());
    if (repository !== undefined) await seatBot(hub, who, repository);
    checkGitAccess(repository, who, pushing);
    if (service === "git-receive-pack" && request.method === "POST") {
      const unpacked = request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
      const report = await receivePack(hub, { who, repository }, unpacked);
      response.writeHead(200, { "content-type": "application/x-git-receive-pack-result", "cache-control": "no-cache" });
      response.end(report);
      return;
    }
    await runBackend({ request, response, body, dir: hub.forge.dirOf(repository.name), service, query: url.search });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const headers = error.status === 401 ? { "www-authenticate": 'Basic realm="GitHub"' } : {};
    response.writeHead(error.status, { "content-type": "text/plain", ...headers });
    response.end(error.message);
  }
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Nobody learns by it whether a private repository is there. */
function checkGitAccess(
  repository: View<RepositoryState> | undefined,
  who: Bearer,
  pushing: boolean,
): asserts repository is View<RepositoryState> {
  const seen = repository !== undefined && maySee(repository, who);
  if (who.kind === "nobody" && (!seen || pushing)) throw new Refusal(401, "Repository not found.");
  if (!seen) throw new Refusal(404, "Repository not found.");
  const level = pushing ? "write" : "read";
  const inToken = who.permissions === null || allows(who.permissions, { contents: level });
  if (!inToken && (pushing || repository.private)) throw new Refusal(403, `Write access to repository not granted.`);
  if (pushing && !hasRole(repository, who.login, "write"))
    throw new Refusal(403, `Permission to ${repository.name}.git denied to ${who.login}.`);
}

interface BackendAbout {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Buffer;
  readonly dir: string;
  readonly service: string;
  /** With its question mark, or empty. */
  readonly query: string;
}

/** What GitHub lets be fetched and what it does not offer; nobody's own settings count. */
const backendSettings = {
  "http.receivepack": "true",
  "uploadpack.allowFilter": "true",
  "uploadpack.allowTipSHA1InWant": "true",
  "uploadpack.allowReachableSHA1InWant": "true",
  // The forge moves one ref after the other.
  "receive.advertiseAtomic": "false",
  "safe.directory": "*",
};

function backendEnvironment({ request, body, dir, service, query }: BackendAbout): NodeJS.ProcessEnv {
  const settings = Object.entries(backendSettings).flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  const { headers } = request;
  return {
    PATH: process.env.PATH,
    HOME: "/nonexistent",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_COUNT: String(Object.keys(backendSettings).length),
    ...(Object.fromEntries(settings) as Record<string, string>),
    GIT_PROJECT_ROOT: dir,
    GIT_HTTP_EXPORT_ALL: "1",
    PATH_INFO: `/${service}`,
    QUERY_STRING: query.slice(1),
    REQUEST_METHOD: request.method ?? "GET",
    CONTENT_TYPE: headers["content-type"] ?? "",
    CONTENT_LENGTH: String(body.length),
    HTTP_CONTENT_ENCODING: headers["content-encoding"] ?? "",
    GIT_PROTOCOL: String(headers["git-protocol"] ?? ""),
  };
}

async function runBackend(about: BackendAbout): Promise<void> {
  const { response, body } = about;
  const output = await new Promise<Buffer>((ended, failed) => {
    const child = spawn("git", ["http-backend"], { env: backendEnvironment(about), stdio: ["pipe", "pipe", "ignore"] });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.once("error", failed);
    child.once("close", () => ended(Buffer.concat(chunks)));
    // It may answer before it has read everything.
    child.stdin.on("error", () => undefined);
    child.stdin.end(body);
  });
  const split = output.indexOf("\r\n\r\n");
  let status = 200;
  for (const line of output.toString("latin1", 0, Math.max(split, 0)).split("\r\n")) {
    const colon = line.indexOf(": ");
    if (line.startsWith("Status: ")) status = Number(line.slice("Status: ".length, "Status: ".length + 3));
    else if (colon > 0) response.setHeader(line.slice(0, colon), line.slice(colon + 2));
  }
  response.writeHead(split < 0 ? 500 : status);
  response.end(output.subarray(split + 4));
}

interface Pusher {
  readonly who: Bearer;
  readonly repository: View<RepositoryState>;
}

interface Command {
  readonly before: string;
  readonly after: string;
  readonly ref: string;
}

async function receivePack(hub: Hub, { who, repository }: Pusher, body: Buffer): Promise<Buffer> {
  const { lines, rest } = readPktLines(body);
  // A shallow repository tells where it is cut off before what it wishes.
  const wishing = lines.find((line) => line.includes(0));
  const wishes = new Set((wishing?.toString().split("\0")[1] ?? "").trim().split(" "));
  const commands = lines.flatMap(parseCommand);
  // What a client sends before a long push, to see whether it may.
  if (commands.length === 0) return flush;
  const unpacked = await unpack(hub.forge.dirOf(repository.name), rest);
  const report = [pktLine(`unpack ${unpacked ?? "ok"}\n`)];
  const messages: string[] = [];
  for (const { before, after, ref } of commands) {
    const refused =
      unpacked === null
        ? await refusalOf(() =>
            pushRef(hub, who, {
              repository,
              ref,
              before: shaOrNull(before),
              after: shaOrNull(after),
              rewrite: true,
            }),
          )
        : "unpacker error";
    report.push(pktLine(refused === null ? `ok ${ref}\n` : `ng ${ref} ${refused.split("\n")[0]}\n`));
    if (refused !== null) messages.push(`error: ${refused}\n`);
  }
  const told = Buffer.concat([...report, flush]);
  if (!wishes.has("side-band-64k")) return wishes.has("report-status") ? told : Buffer.alloc(0);
  return Buffer.concat([band(2, Buffer.from(messages.join(""))), band(1, told), flush]);
}

function parseCommand(line: Buffer): readonly Command[] {
  const [, before = "", after = "", ref = ""] = /^([0-9a-f]{40}) ([0-9a-f]{40}) ([^\0\n]+)/.exec(line.toString()) ?? [];
  return ref === "" ? [] : [{ before, after, ref }];
}

async function refusalOf(work: () => Promise<void>): Promise<string | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}

/** Puts the pushed objects into the repository; why not, when they cannot be read. */
async function unpack(dir: string, pack: Buffer): Promise<string | null> {
  if (pack.length === 0) return null;
  const count = pack.length >= 12 ? pack.readUInt32BE(8) : 0;
  const args = count > 100 ? ["index-pack", "--stdin", "--fix-thin", "--strict"] : ["unpack-objects", "-q", "--strict"];
  const { exitCode, stderr } = await runGit(gitIn(dir, { PATH: process.env.PATH }), args, {
    stdin: pack,
    accepts: () => true,
  });
  return exitCode === 0 ? null : (stderr.trim().split("\n")[0] ?? "index-pack abnormal exit");
}
