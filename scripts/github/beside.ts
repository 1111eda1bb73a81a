import { randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { GitHub } from "../../src/worlds/github/index.ts";
import { linterPrograms } from "../../test/linters/stand-ins.ts";
import { putLinters } from "../../test/runner/go-program.ts";
import { openRunner, programsFor, type Runner } from "../../test/runner/index.ts";
import type { RunText } from "./telling.ts";
import { Wrong } from "./wrong.ts";

export interface BesideAbout {
  readonly github: GitHub;
  readonly repository: string;
  /** A folder of its own. */
  readonly dir: string;
}

/**
 * What a look-alike's own interface has not: the runners that play its workflows, with the secrets that GitHub gives
 * nobody back, what they logged, which GitHub shows in the browser, and its clock.
 */
export interface Beside {
  readonly url: string;
  readonly key: string;
  /** Ends what runs. Fails with what the runners could not do. */
  close(): Promise<void>;
}

type Secrets = { repository: Record<string, string>; environments: Record<string, Record<string, string>> };
type Body = Readonly<Record<string, unknown>>;

export async function openBeside({ github, repository, dir }: BesideAbout): Promise<Beside> {
  const secrets: Secrets = { repository: {}, environments: {} };
  const programs = await programsFor(join(dir, "programs"));
  putLinters(programs, linterPrograms(join(dir, "linters")));
  const env = given(["PLANGATE_PROVIDER_MIRROR", "TF_CLI_CONFIG_FILE", "TF_PLUGIN_CACHE_DIR"]);
  const runner = openRunner({ github, repository, dir: join(dir, "jobs"), programs, secrets, env });
  const settled = openWaiting(runner);
  const key = randomBytes(24).toString("hex");
  const server = createServer((request, response) => {
    const end = (status: number, value: unknown) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(value));
    };
    if (!isSame(request.headers.authorization ?? "", `Bearer ${key}`)) return end(401, { message: "the key is wrong" });
    readBody(request)
      .then((body) => answer(request.url ?? "/", body, { runner, secrets, settled }))
      .then(
        (value) => end(200, value),
        (error: unknown) =>
          end(error instanceof Wrong ? 422 : 500, { message: error instanceof Error ? error.message : String(error) }),
      );
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    key,
    async close() {
      await new Promise<void>((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      });
      await runner.close();
    },
  };
}

interface Behind {
  readonly runner: Runner;
  readonly secrets: Secrets;
  readonly settled: () => Promise<string>;
}

async function answer(path: string, body: Body, { runner, secrets, settled }: Behind): Promise<unknown> {
  const [, run] = /^\/runs\/(\d+)$/.exec(path) ?? [];
  if (run !== undefined) return textOf(runner, Number(run));
  if (path === "/secret") {
    const { environment, name, value } = body;
    if (typeof environment === "string") secrets.environments[environment] = { ...secrets.environments[environment] };
    const at = typeof environment === "string" ? secrets.environments[environment] : secrets.repository;
    Object.assign(at ?? {}, { [String(name).toUpperCase()]: String(value) });
    return "kept";
  }
  if (path === "/clock") {
    await runner.schedule(String(body.cron)).catch((error: unknown) => {
      throw new Wrong(error instanceof Error ? error.message : String(error));
    });
    return `it is ${String(body.cron)}`;
  }
  if (path === "/wait") return settled();
  throw new Wrong(`nothing is known of ${path}`);
}

const longestWait = 20_000;

/**
 * Says so when nothing runs; empty when something went on all the while. Fails with what the runners could not do, to the
 * one who asks when that is known.
 */
function openWaiting(runner: Runner): () => Promise<string> {
  let settling: Promise<{ readonly failed: boolean; readonly text: string }> | undefined;
  return async () => {
    settling ??= runner.settled().then(
      () => ({ failed: false, text: "nothing runs" }),
      (error: unknown) => ({ failed: true, text: error instanceof Error ? error.message : String(error) }),
    );
    const told = await Promise.race([settling, setTimeout(longestWait, undefined, { ref: false })]);
    if (told === undefined) return "";
    settling = undefined;
    if (told.failed) throw new Wrong(told.text);
    return told.text;
  };
}

function textOf({ runs }: Runner, id: number): RunText {
  const found = runs.find((run) => run.id === id);
  const jobs = (found?.jobs ?? []).map(({ name, log, summary, steps }) => ({
    name,
    log,
    summary,
    failed: steps
      .filter(({ conclusion }) => conclusion === "failure")
      .map((step) => ({ name: step.name, log: step.log })),
  }));
  return { failure: found?.failure ?? null, jobs };
}

function given(names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

function isSame(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

async function readBody(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  return text === "" ? {} : (JSON.parse(text) as Body);
}
