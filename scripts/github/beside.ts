import { randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { GitHub } from "../../src/worlds/github/index.ts";
import type { JobText } from "./telling.ts";
import { Wrong } from "./wrong.ts";

export interface BesideAbout {
  readonly github: GitHub;
  readonly repository: string;
  readonly dir: string;
}

/** Beside the look-alike's own interface: what GitHub shows in the browser alone, its clock, and its runners' secrets. */
export interface Beside {
  readonly url: string;
  readonly key: string;
  close(): Promise<void>;
}

export async function openBeside({ github }: BesideAbout): Promise<Beside> {
  const key = randomBytes(24).toString("hex");
  const answer = async (path: string, body: Readonly<Record<string, unknown>>): Promise<unknown> => {
    const [, run] = /^\/runs\/(\d+)$/.exec(path) ?? [];
    if (run !== undefined) return [] satisfies readonly JobText[];
    if (path === "/secret") return "kept";
    if (path === "/wait") {
      await github.webhooks.settled();
      return "nothing runs";
    }
    throw new Wrong(`nothing is known of ${path}`);
  };
  const server = createServer((request, response) => {
    const end = (status: number, value: unknown) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(value));
    };
    if (!isSame(request.headers.authorization ?? "", `Bearer ${key}`)) return end(401, { message: "the key is wrong" });
    readBody(request)
      .then((body) => answer(request.url ?? "/", body))
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
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

function isSame(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

async function readBody(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  return text === "" ? {} : (JSON.parse(text) as Readonly<Record<string, unknown>>);
}
