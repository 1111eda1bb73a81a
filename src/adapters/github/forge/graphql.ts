import { GraphqlResponseError } from "@octokit/graphql";
import * as z from "zod";
import { DeliveryError } from "../../../domain/errors.ts";
import { type Doing, failure } from "../failure.ts";
import type { Room } from "./room.ts";

/** A question in GraphQL. `owner` and `name` go with it; `of` are its other variables. */
export interface Question {
  readonly text: string;
  readonly of?: Readonly<Record<string, unknown>>;
  readonly doing: Doing;
}

/**
 * Asks for what would take many requests otherwise. What is not there is null in the answer; all else that GitHub could
 * not answer is an error, since half an answer would be read as none.
 */
export async function question<T>(room: Pick<Room, "reader" | "about">, schema: z.ZodType<T>, asked: Question) {
  const { owner, repo } = room.about;
  try {
    const variables = { owner, name: repo, ...asked.of };
    return read(schema, await room.reader.graphql<unknown>(asked.text, variables), asked.doing);
  } catch (error) {
    if (!(error instanceof GraphqlResponseError)) throw failure(error, asked.doing);
    const problems = error.errors ?? [];
    if (problems.every(({ type }) => type === "NOT_FOUND")) return read(schema, error.data, asked.doing);
    throw refused(error, asked.doing);
  }
}

function refused(error: GraphqlResponseError<unknown>, { what, right }: Doing): DeliveryError {
  const problems = error.errors ?? [];
  const types = problems.map(({ type }) => String(type));
  const said = problems.map(({ message }) => message).join("; ");
  const about = { message: `${what}: GitHub says "${said.slice(0, 300)}"`, cause: error };
  if (types.includes("RATE_LIMITED"))
    return new DeliveryError({ ...about, code: "rate-limited", reaction: "wait", hint: "Wait until it ends." });
  if (types.some((type) => type === "FORBIDDEN" || type === "INSUFFICIENT_SCOPES") || /not accessible/i.test(said))
    return new DeliveryError({
      ...about,
      code: "right-missing",
      reaction: "stop",
      hint: `It takes the right ${right}.`,
    });
  // GitHub answers with an error of no type when it gave up on the question.
  const reaction = types.every((type) => type === "undefined") ? "retry" : "stop";
  return new DeliveryError({ ...about, code: "github-refused", reaction, hint: "Try again; look at GitHub's status." });
}

function read<T>(schema: z.ZodType<T>, data: unknown, { what }: Doing): T {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  throw new DeliveryError({
    code: "answer-unexpected",
    message: `${what}: GitHub's answer is not of the shape that its documentation gives`,
    reaction: "stop",
    detail: z.prettifyError(parsed.error).slice(0, 1000),
    hint: "It may be that the repository is not to be seen by the token, or that an Enterprise Server is older than what plangate was made for.",
  });
}

/** Longer than anything that people write on one pull request, and short enough to be read. */
const mostPages = 50;

/** One page of a list, and where the next one begins. */
export interface Page<Node> {
  readonly nodes: readonly Node[];
  readonly next: string | null;
}

/** All of a list whose first page is there already. Fails where there is no end to it: what is left out could be a no. */
export async function restOf<Node>(
  first: Page<Node>,
  what: string,
  more: (after: string) => Promise<Page<Node>>,
): Promise<readonly Node[]> {
  const all = [...first.nodes];
  let next = first.next;
  for (let pages = 1; next !== null; pages += 1) {
    if (pages >= mostPages) {
      throw new DeliveryError({
        code: "answer-too-large",
        message: `${what}: there is more of it than can be read`,
        reaction: "stop",
        hint: "Open another pull request from the same branch, and close this one.",
      });
    }
    const page = await more(next);
    all.push(...page.nodes);
    next = page.next;
  }
  return all;
}
