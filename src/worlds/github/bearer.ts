import { randomBytes } from "node:crypto";
import type { Permissions } from "./permissions.ts";

/** Who a request comes from, and what the token that it carries may do. */
export interface Bearer {
  /** `job`: the `GITHUB_TOKEN` of one job; `app`: an app's own signed word, good for making installation tokens. */
  readonly kind: "nobody" | "person" | "installation" | "job" | "app";
  /** Whose act it is; empty for nobody. */
  readonly login: string;
  /** Null: whatever the person may. */
  readonly permissions: Permissions | null;
  /** Full names, as they are written; null: every repository of the account. */
  readonly repositories: readonly string[] | null;
  /** When it ends, in milliseconds; null: never. */
  readonly expiresAt: number | null;
  /** The run whose job has it. */
  readonly run: number | null;
}

export const nobody: Bearer = {
  kind: "nobody",
  login: "",
  permissions: {},
  repositories: null,
  expiresAt: null,
  run: null,
};

/** The login that acts with every `GITHUB_TOKEN`. What it does starts no workflow. */
export const actionsBot = "github-actions[bot]";

/** Tokens that were handed out, by their text. */
export interface Tokens {
  make(bearer: Bearer): string;
  find(token: string): Bearer | undefined;
  revoke(token: string): void;
  /** The same for whoever holds it. */
  end(bearer: Bearer): void;
}

const prefixes = { person: "ghp_", installation: "ghs_", job: "ghs_" } as const;

export function openTokens(): Tokens {
  const made = new Map<string, Bearer>();
  return {
    make(bearer) {
      const prefix = bearer.kind in prefixes ? prefixes[bearer.kind as keyof typeof prefixes] : "ghu_";
      const token = `${prefix}${randomBytes(18).toString("hex")}`;
      made.set(token, bearer);
      return token;
    },
    find: (token) => made.get(token),
    revoke: (token) => void made.delete(token),
    end(bearer) {
      for (const [token, one] of made) if (one === bearer) made.delete(token);
    },
  };
}
