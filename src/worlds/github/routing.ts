import type { Method, Route } from "./ask.ts";

/** Parameters that hold slashes: names of branches and tags, and paths. */
const long: ReadonlySet<string> = new Set(["ref", "branch", "path", "basehead", "tag", "branch_name", "commit_sha"]);

interface Compiled {
  readonly route: Route;
  readonly pattern: RegExp;
  readonly names: readonly string[];
}

export interface Found {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** Finds the endpoint of a request; `undefined`: there is none that is known here. */
export type Router = (method: Method, path: string) => Found | undefined;

export function openRouter(routes: readonly Route[]): Router {
  // What says more of a path comes first, as `/pulls/comments` before `/pulls/{pull_number}`.
  const compiled = routes.toSorted((left, right) => weight(right) - weight(left)).map(compile);
  return (method, path) => {
    for (const { route, pattern, names } of compiled) {
      const match = route.method === method ? pattern.exec(path) : null;
      if (match === null) continue;
      const values = names.map((name, index) => [name, decodeURIComponent(match[index + 1] ?? "")]);
      return { route, params: Object.fromEntries(values) };
    }
    return undefined;
  };
}

function weight({ path }: Route): number {
  const parts = path.split("/");
  const fixed = parts.filter((part) => !part.startsWith("{")).length;
  return parts.length * 100 + fixed;
}

function compile(route: Route): Compiled {
  const names: string[] = [];
  const source = route.path.replaceAll(/\{([a-z_]+)\}/g, (_, name: string) => {
    names.push(name);
    return long.has(name) ? "(.+)" : "([^/]+)";
  });
  return { route, names, pattern: new RegExp(`^${source}$`) };
}
