import * as z from "zod";
import { DeliveryError } from "../../../domain/errors.ts";
import type { Seen } from "../../../domain/seen-settings.ts";
import type { Octokit } from "../client.ts";
import { answerOf, type Doing, failure, isRateLimit, rightFor } from "../failure.ts";

/** One repository on GitHub, asked and changed through its REST API. */
export interface Connection {
  readonly octokit: Octokit;
  readonly owner: string;
  readonly repo: string;
}

/** What reading something of the repository is about, and the right that it takes. */
export function doing({ owner, repo }: Connection, what: string, right: string): Doing {
  return { what: `reading ${what} of ${owner}/${repo}`, right };
}

/** A request: its route as GitHub's documentation writes it, what goes with it, and what it is about. */
export interface Asked {
  readonly route: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly doing: Doing;
}

/** What the route has no place for would end in the query, so only routes of the repository get its name. */
function given({ owner, repo }: Connection, { route, with: more }: Asked): Readonly<Record<string, unknown>> {
  return route.includes("{owner}") ? { owner, repo, ...more } : { ...more };
}

/** Asks once and reads the answer; what fails is a `DeliveryError` that names the right that it takes. */
export async function ask<T>(to: Connection, schema: z.ZodType<T>, asked: Asked): Promise<T> {
  try {
    const { data } = await to.octokit.request(asked.route, given(to, asked));
    return read(schema, data, asked.doing);
  } catch (error) {
    throw failure(error, asked.doing);
  }
}

/** Every page of a list. */
export async function askAll<T>(to: Connection, item: z.ZodType<T>, asked: Asked): Promise<T[]> {
  try {
    const all: unknown[] = await to.octokit.paginate(asked.route, { per_page: 100, ...given(to, asked) });
    return read(z.array(item), all, asked.doing);
  } catch (error) {
    throw failure(error, asked.doing);
  }
}

/** Changes something. One that makes something new is not tried again by itself: the first may have come through. */
export async function tell(to: Connection, asked: Asked): Promise<void> {
  const once = asked.route.startsWith("POST ") ? { request: { retries: 0 } } : {};
  try {
    await to.octokit.request(asked.route, { ...given(to, asked), ...once });
  } catch (error) {
    throw failure(error, asked.doing);
  }
}

/** Who asks: an administrator is told that something is not there, anybody else that it is not to be seen. */
export interface Asker {
  readonly admin: boolean;
}

/**
 * What a question about a setting comes to. GitHub says "not found" for what a token may not see as for what is not
 * there, and "forbidden" for what the plan has not as for what a right is missing for; the words and the asker tell.
 */
export async function see<T>({ admin }: Asker, doing: Doing, question: () => Promise<T>): Promise<Seen<T>> {
  try {
    return { kind: "seen", value: await question() };
  } catch (error) {
    const cause = error instanceof DeliveryError ? error.cause : undefined;
    const answer = answerOf(cause);
    if (answer === undefined || isRateLimit(cause)) throw error;
    const { status, message } = answer;
    if (status === 403 && /upgrade|billing|not available|\bplan\b/i.test(message))
      return { kind: "not-offered", why: message };
    if (status === 404 && admin) return { kind: "not-offered", why: "This GitHub has no such setting here." };
    if (status === 403 || status === 404) return { kind: "hidden", why: rightFor(cause, doing) };
    throw error;
  }
}

function read<T>(schema: z.ZodType<T>, data: unknown, doing: Doing): T {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  throw new DeliveryError({
    code: "answer-unexpected",
    message: `${doing.what}: GitHub's answer is not of the shape that its documentation gives`,
    reaction: "stop",
    detail: z.prettifyError(parsed.error).slice(0, 1000),
    hint: "An Enterprise Server may be older than what plangate was made for.",
  });
}
