import * as z from "zod";
import { readAnswer } from "../answer.ts";
import { failure } from "../failure.ts";
import { type Asked, ask, type Connection } from "../settings/connection.ts";

/** The pages of a list that come first, and no more of them than `most`. */
export async function askPages<T>(
  to: Connection,
  item: z.ZodType<T>,
  asked: Asked,
  most: number,
): Promise<readonly T[]> {
  const { octokit, owner, repo } = to;
  const parameters = { owner, repo, per_page: 100, ...asked.with };
  const all: unknown[] = [];
  let pages = 0;
  try {
    for await (const { data } of octokit.paginate.iterator(asked.route, parameters)) {
      all.push(...data);
      pages += 1;
      if (pages >= most) break;
    }
    return readAnswer(z.array(item), all, asked.doing);
  } catch (error) {
    throw failure(error, asked.doing);
  }
}

/** Makes something new and reads what it became. Not tried again by itself: the first may have come through. */
export function make<T>(to: Connection, schema: z.ZodType<T>, asked: Asked): Promise<T> {
  return ask(to, schema, { ...asked, with: { ...asked.with, request: { retries: 0 } } });
}
