import { RequestError } from "octokit";
import { DeliveryError } from "../../domain/errors.ts";

/** What a request of ours was about, for whoever reads that it failed. */
export interface Doing {
  /** As in "reading the rulesets of acme/live". */
  readonly what: string;
  /** The right that it takes, in the words of a fine-grained token: `Administration (write)`. */
  readonly right: string;
}

/** What GitHub answered, when it answered; undefined for what failed before. */
export function answerOf(error: unknown): { readonly status: number; readonly message: string } | undefined {
  if (!(error instanceof RequestError) || error.response === undefined) return undefined;
  const data: unknown = error.response.data;
  const said = typeof data === "object" && data !== null && "message" in data ? String(data.message) : error.message;
  return { status: error.status, message: said };
}

/** Whether GitHub refused since it was asked too often. */
export function isRateLimit(error: unknown): boolean {
  if (!(error instanceof RequestError) || (error.status !== 403 && error.status !== 429)) return false;
  const remaining = error.response?.headers["x-ratelimit-remaining"];
  return remaining === "0" || /rate limit/i.test(error.message) || error.status === 429;
}

/** The right that GitHub itself says a request takes, else the one that we know of. */
export function rightFor(error: unknown, { right }: Doing): string {
  const said = error instanceof RequestError ? error.response?.headers["x-accepted-github-permissions"] : undefined;
  return typeof said === "string" && said !== "" ? said.replaceAll("=", ": ") : right;
}

/** A failed request as a failure of the outside. Says nothing of the token, nor of headers. */
export function failure(error: unknown, doing: Doing): DeliveryError {
  if (error instanceof DeliveryError) return error;
  const { what } = doing;
  const answer = answerOf(error);
  const about = (code: string, why: string, rest: { reaction: "retry" | "wait" | "stop"; hint: string }) =>
    new DeliveryError({ code, message: `${what}: ${why}`, ...rest, cause: error });
  if (isRateLimit(error))
    return about("rate-limited", "GitHub's rate limit is reached", {
      reaction: "wait",
      hint: "Wait until it ends, an hour at most, or use a token of its own.",
    });
  if (answer === undefined || answer.status >= 500)
    return about(
      "github-unavailable",
      answer === undefined ? "GitHub cannot be reached" : `GitHub answered ${answer.status}`,
      {
        reaction: "retry",
        hint: "Try again; the address of its API is --api-url, or GITHUB_API_URL.",
      },
    );
  if (answer.status === 401)
    return about("token-refused", "GitHub does not take the token", {
      reaction: "stop",
      hint: "It may have ended. Make a new one and give it as GITHUB_TOKEN.",
    });
  if (answer.status === 403 && /is locked/.test(answer.message))
    return about("conversation-locked", "the conversation is locked", {
      reaction: "stop",
      hint: "GitHub lets no workflow and no app write there, whatever its token may. Unlock it, as with `gh pr unlock NUMBER`, and run the job again.",
    });
  if (answer.status === 403 || answer.status === 404)
    return about("right-missing", `GitHub says "${answer.message}"`, {
      reaction: "stop",
      hint: `It takes the right ${rightFor(error, doing)}; GitHub also answers so where the plan has no such setting.`,
    });
  return about("github-refused", `GitHub answered ${answer.status}, "${answer.message}"`, {
    reaction: "stop",
    hint: /billing plan/.test(answer.message)
      ? "The plan that is paid for has no such setting: `plangate audit` says which it has not, and what holds instead."
      : (detailOf(error) ?? "Look whether the names are there: people, teams, branches."),
  });
}

/** What GitHub says is wrong with the request, as far as it says. */
function detailOf(error: unknown): string | undefined {
  const data: unknown = error instanceof RequestError ? error.response?.data : undefined;
  if (typeof data !== "object" || data === null || !("errors" in data)) return undefined;
  return `GitHub says: ${JSON.stringify(data.errors).slice(0, 500)}`;
}
