import type { Here } from "./here.ts";
import { Refused } from "./wrong.ts";

/** Asks the look-alike as one person, and the tool beside it. */
export interface Asking {
  readonly repository: string;
  /** A path of the API, or below the repository where it does not begin with a slash. */
  rest(method: string, path: string, body?: unknown): Promise<unknown>;
  beside(path: string, body?: unknown): Promise<unknown>;
}

export function askingAs(here: Here, token: string): Asking {
  const { repository, url } = here;
  const send = async (address: string, about: RequestInit): Promise<unknown> => {
    const answer = await fetch(address, about).catch((error: unknown) => {
      throw new Refused(`Nobody answers at ${new URL(address).origin}: it has ended. Start it again: npm run github`, {
        cause: error,
      });
    });
    const text = await answer.text();
    const json: unknown =
      /json/.test(answer.headers.get("content-type") ?? "") && text !== "" ? JSON.parse(text) : text;
    if (!answer.ok) throw new Refused(`${answer.status}: ${messageOf(json)}`);
    return json;
  };
  return {
    repository,
    rest: (method, path, body) =>
      send(path.startsWith("/") ? `${url}${path}` : `${url}/repos/${repository}/${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          accept: "application/vnd.github+json",
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    beside: (path, body) =>
      send(`${here.beside}${path}`, {
        method: body === undefined ? "GET" : "POST",
        headers: { authorization: `Bearer ${here.key}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
  };
}

function messageOf(json: unknown): string {
  if (typeof json !== "object" || json === null || !("message" in json)) return String(json);
  const errors = "errors" in json && Array.isArray(json.errors) ? json.errors : [];
  return [String(json.message), ...errors.map((error) => JSON.stringify(error))].join("\n  ");
}
