import { Octokit } from "octokit";
import { DeliveryError } from "../../domain/errors.ts";
import { openSpacing } from "./spacing.ts";

/** How to reach GitHub, as whom, and how patiently. */
export interface ClientAbout {
  /** `https://api.github.com`, or an Enterprise Server's `https://HOST/api/v3`. */
  readonly apiUrl: string;
  /** Never shown: not in messages, not in logs. A function where it ends sooner than the work: asked before each request. */
  readonly token: string | (() => Promise<string>);
  /** Told when GitHub makes us wait, for whoever sits in front of it. */
  readonly progress: (line: string) => void;
  readonly signal: AbortSignal;
  readonly patience?: Patience;
  /** Nothing is changed by it: what GitHub takes for a change since it is posted, as questions in GraphQL are, is not spaced. */
  readonly onlyAsks?: boolean;
  /** Told of each request that goes out, such as `GET /rate_limit`. */
  readonly sent?: (request: string) => void;
}

export interface Patience {
  /** How long a second of waiting takes, in milliseconds. */
  readonly second: number;
  /** Whether changes are spaced as GitHub asks for where there are many: a second apart. */
  readonly spaced: boolean;
  /** How long it may take until an answer begins, in milliseconds; GitHub itself gives up after ten seconds. */
  readonly answer?: number;
}

export type { Octokit };

/** Longer than this nobody waits in front of a terminal for a rate limit to end. */
const longestWait = 600;
const attempts = 4;
/** Whoever has not begun to answer by then does not: a job would wait for its end, and an apply under its lease. */
const longestSilence = 30_000;

/**
 * GitHub's own client for one token and one host. What fails on the way is tried again, rate limits are waited out,
 * both with a line that says so. Fails with `setting-wrong` where the token would go over the wire unencrypted.
 */
export function openClient(about: ClientAbout): Octokit {
  const { apiUrl, token, progress, signal, patience } = about;
  const { second, spaced } = patience ?? { second: 1000, spaced: true };
  const wait = (what: string) => (after: number, _: unknown, __: unknown, tried: number) => {
    if (after > longestWait || tried > 1) return false;
    progress(`GitHub's ${what} is reached: waiting ${after} seconds`);
    return true;
  };
  const octokit = new Octokit({
    ...(typeof token === "string" ? { auth: token } : {}),
    baseUrl: safeUrl(apiUrl),
    userAgent: "plangate",
    request: { signal, fetch: tellingFetch(about) },
    retry: { retries: attempts - 1, retryAfterBaseValue: second },
    throttle: {
      enabled: spaced,
      retryAfterBaseValue: second,
      onRateLimit: wait("rate limit"),
      onSecondaryRateLimit: wait("secondary rate limit"),
      // What people are told of counts as a change too, and GitHub asks for no more than a second between changes.
      notifications: queueOf(async () => undefined),
      write: queueOf(about.onlyAsks === true ? async () => undefined : openSpacing(second)),
    },
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  });
  if (typeof token !== "string") {
    octokit.hook.before("request", async ({ headers }) => {
      headers.authorization = `token ${await token()}`;
    });
  }
  return octokit;
}

type Queue = NonNullable<NonNullable<ConstructorParameters<typeof Octokit>[0]>["throttle"]>["write"];

/** Stands where octokit has a queue of changes: each begins when it is let through. */
function queueOf(letThrough: () => Promise<void>): NonNullable<Queue> {
  const schedule = async (_: unknown, work: () => unknown) => {
    await letThrough();
    return work();
  };
  return { key: () => ({ schedule }) } as unknown as NonNullable<Queue>;
}

const quiet = () => undefined;

/** A token goes to nobody but the host that was named, encrypted, or to this machine itself. */
function safeUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const local = url !== undefined && /^(?:127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(url.hostname);
  if (url === undefined || !(url.protocol === "https:" || (url.protocol === "http:" && local)) || url.username !== "")
    throw new DeliveryError({
      code: "setting-wrong",
      message: "the address of GitHub's API is no https address",
      reaction: "stop",
      hint: "It is https://api.github.com, or https://HOST/api/v3 for an Enterprise Server: --api-url, or GITHUB_API_URL.",
    });
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}

/** Says what GitHub could not answer, each time: what waits in silence looks broken. */
function tellingFetch({ progress, sent, patience }: Pick<ClientAbout, "progress" | "sent" | "patience">): typeof fetch {
  return async (input, init) => {
    const what = `${init?.method ?? "GET"} ${pathOf(input)}`;
    sent?.(what);
    const silent = new AbortController();
    const timer = setTimeout(() => silent.abort(), patience?.answer ?? longestSilence);
    let response: Response;
    try {
      const ends = init?.signal == null ? [silent.signal] : [init.signal, silent.signal];
      response = await fetch(input, { ...init, signal: AbortSignal.any(ends) });
    } catch (error) {
      if (init?.signal?.aborted === true) throw error;
      progress(`GitHub ${silent.signal.aborted ? "did not answer" : "could not be reached for"} ${what}`);
      // By another name than that of what we ended ourselves, so that it is tried again.
      throw silent.signal.aborted ? new Error("no answer came", { cause: error }) : error;
    } finally {
      clearTimeout(timer);
    }
    if (response.status >= 500) progress(`GitHub answered ${response.status} to ${what}`);
    return response;
  };
}

function pathOf(input: Parameters<typeof fetch>[0]): string {
  const text = typeof input === "string" ? input : input instanceof URL ? input.href : input.url;
  return new URL(text).pathname;
}
