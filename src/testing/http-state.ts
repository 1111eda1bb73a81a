import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A state server for Terraform's http backend, with locks, that tests can look into and meddle with. */
export interface HttpState {
  /** For `address`, `lock_address` and `unlock_address`; any path below is a state of its own. */
  readonly url: string;
  /** The state's text; `undefined` as long as none was written. */
  read(path: string): string | undefined;
  write(path: string, state: string): void;
  /** Takes the lock as somebody else would. */
  lock(path: string, holder: { readonly id: string; readonly who: string }): void;
  unlock(path: string): void;
  lockedBy(path: string): string | undefined;
  /** Writes are answered with this from now on; undefined ends it. */
  refuseWrites(status: number | undefined): void;
  close(): Promise<void>;
}

/** The address's host part is 127.0.0.1 and the port a free one. */
export async function startHttpState(): Promise<HttpState> {
  const states = new Map<string, string>();
  const locks = new Map<string, string>();
  let writesGet: number | undefined;

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://state");
    const path = url.pathname;
    const chunks: Buffer[] = [];
    const answer = (status: number, body = "") => response.writeHead(status).end(body);
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString("utf8");
      const held = locks.get(path);
      switch (request.method) {
        case "GET": {
          const state = states.get(path);
          return state === undefined ? answer(404) : answer(200, state);
        }
        case "POST": {
          if (writesGet !== undefined) return answer(writesGet);
          if (held !== undefined && lockId(held) !== url.searchParams.get("ID")) return answer(409, held);
          states.set(path, body);
          return answer(200);
        }
        case "LOCK": {
          if (held !== undefined) return answer(423, held);
          locks.set(path, body);
          return answer(200);
        }
        case "UNLOCK": {
          if (held !== undefined && body !== "" && lockId(held) !== lockId(body)) return answer(409, held);
          locks.delete(path);
          return answer(200);
        }
        default:
          return answer(405);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    read: (path) => states.get(path),
    write: (path, state) => void states.set(path, state),
    lock(path, { id, who }) {
      const info = { ID: id, Operation: "OperationTypeApply", Info: "", Who: who, Version: "1.11.4", Path: "" };
      locks.set(path, JSON.stringify({ ...info, Created: "2026-01-06T10:00:00Z" }));
    },
    unlock: (path) => void locks.delete(path),
    lockedBy: (path) => {
      const held = locks.get(path);
      return held === undefined ? undefined : lockId(held);
    },
    refuseWrites(status) {
      writesGet = status;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function lockId(info: string): string {
  return String((JSON.parse(info) as { ID?: unknown }).ID ?? "");
}
