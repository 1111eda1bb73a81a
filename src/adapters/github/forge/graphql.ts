import * as z from "zod";
import { DeliveryError } from "../../../domain/errors.ts";
import { readAnswer } from "../answer.ts";
import { type Doing, failure } from "../failure.ts";
import type { Room } from "./room.ts";

/** A question in GraphQL. The repository goes with it, where it is about that; `of` are its other variables. */
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
    const where = asked.text.includes("$owner") ? { owner, name: repo } : {};
    const variables = { ...where, ...asked.of };
    return readAnswer(schema, await room.reader.graphql<unknown>(asked.text, variables), asked.doing);
  } catch (error) {
    const answered = incomplete.safeParse(error);
    if (!answered.success) throw failure(error, asked.doing);
    const { errors, data } = answered.data;
    if (errors.some(({ type, path }) => type === "NOT_FOUND" && path?.join() === "repository"))
      throw unseen(error, `${owner}/${repo}`, asked.doing);
    if (errors.every(({ type }) => type === "NOT_FOUND")) return readAnswer(schema, data, asked.doing);
    throw refused(error, errors, asked.doing);
  }
}

/** What octokit throws when an answer comes with errors. */
const incomplete = z.object({
  name: z.literal("GraphqlResponseError"),
  errors: z
    .array(
      z.object({
        type: z.string().optional(),
        message: z.string(),
        path: z.array(z.union([z.string(), z.number()])).optional(),
      }),
    )
    .min(1),
  data: z.unknown(),
});

function unseen(error: unknown, repository: string, { what, right }: Doing): DeliveryError {
  return new DeliveryError({
    code: "right-missing",
    message: `${what}: GitHub shows the token no repository ${repository}`,
    reaction: "stop",
    hint: `It takes a token for this repository with the right ${right}; an app has to be installed in it.`,
    cause: error,
  });
}

function refused(
  error: unknown,
  problems: z.output<typeof incomplete>["errors"],
  { what, right }: Doing,
): DeliveryError {
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
        hint: "Nothing is decided by a part of it. A pull request with so much on it is better opened anew.",
      });
    }
    const page = await more(next);
    all.push(...page.nodes);
    next = page.next;
  }
  return all;
}
