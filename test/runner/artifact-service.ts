import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { WorkflowRun } from "../../src/worlds/github/index.ts";
import type { RunnerAbout } from "./host.ts";
import { readZip } from "./read-zip.ts";

/** Where a job's machine keeps artifacts, and with what: a right over all of its run's. */
export interface ArtifactRights {
  readonly url: string;
  readonly token: string;
  end(): void;
}

/**
 * The service behind the actions that upload and download. GitHub hands its token to actions alone, but it is on the
 * machine, where a change's code finds it: so any job of a run can replace what any other one has left.
 */
export interface ArtifactService {
  rightsFor(run: WorkflowRun): Promise<ArtifactRights>;
  close(): Promise<void>;
}

export function openArtifactService(about: RunnerAbout): ArtifactService {
  const holders = new Map<string, WorkflowRun>();
  let opened: Promise<Server> | undefined;
  const answer = async (request: IncomingMessage): Promise<unknown> => {
    const run = holders.get((request.headers.authorization ?? "").replace(/^Bearer /, ""));
    if (run === undefined) throw new Error("this token has no rights");
    const name = decodeURIComponent((request.url ?? "/").slice(1));
    const { artifacts } = about.github.kept(about.repository);
    const own = artifacts.filter((one) => one.run === run.id && one.zip !== null);
    const found = own.find((one) => one.name === name);
    if (request.method === "GET" && name === "") return own.map((one) => one.name);
    if (request.method === "GET") return found?.zip == null ? null : asText(await readZip(found.zip));
    if (found !== undefined) found.zip = null;
    if (request.method === "DELETE") return found !== undefined;
    if (request.method !== "PUT") throw new Error(`${request.method} is not known here`);
    const files = JSON.parse(await textOf(request)) as Readonly<Record<string, string>>;
    const bytes = Object.entries(files).map(([path, base64]) => [path, Buffer.from(base64, "base64")] as const);
    return run.upload(name, Object.fromEntries(bytes)).id;
  };
  const open = () =>
    new Promise<Server>((resolve) => {
      const server = createServer((request, response) => {
        answer(request).then(
          (body) => response.writeHead(200).end(JSON.stringify(body)),
          (error: unknown) => response.writeHead(400).end(String(error)),
        );
      });
      server.listen(0, "127.0.0.1", () => resolve(server));
    });
  return {
    async rightsFor(run) {
      opened ??= open();
      const { port } = (await opened).address() as AddressInfo;
      const token = randomBytes(24).toString("hex");
      holders.set(token, run);
      return { url: `http://127.0.0.1:${port}/`, token, end: () => void holders.delete(token) };
    },
    async close() {
      const server = await opened;
      server?.closeAllConnections();
      await new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve())));
    },
  };
}

function asText(files: Awaited<ReturnType<typeof readZip>>): Readonly<Record<string, string>> {
  return Object.fromEntries(files.map(({ path, content }) => [path, content.toString("base64")]));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
