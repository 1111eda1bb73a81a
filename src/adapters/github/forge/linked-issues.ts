import * as z from "zod";
import { closingIssues } from "../../../domain/closing-issues.ts";
import { question } from "./graphql.ts";
import type { Told } from "./pull-request.ts";
import * as queries from "./queries.ts";
import type { Room } from "./room.ts";

/** More than a change can be about. */
const mostIssues = 50;

const found = z.object({ number: z.int(), state: z.string() }).nullable();

/**
 * The open issues that it links, by hand or by what its text closes; of a merged one all of them, since the merge closes
 * them. GitHub itself reads the text only of what goes into the default branch.
 */
export async function linkedIssues(room: Pick<Room, "reader" | "about">, told: Told): Promise<readonly number[]> {
  const name = `${room.about.owner}/${room.about.repo}`;
  const counts = ({ state }: { readonly state: string }) => state === "OPEN" || told.state === "MERGED";
  const linked = (told.closingIssuesReferences ?? []).filter(
    ({ repository }) => repository.nameWithOwner.toLowerCase() === name.toLowerCase(),
  );
  const known = new Set(linked.map(({ number }) => number));
  const asked = closingIssues(told.body, name)
    .filter((number) => !known.has(number))
    .slice(0, mostIssues);
  const more = asked.length === 0 ? [] : await readIssues(room, asked);
  return [...new Set([...linked, ...more].filter(counts).map(({ number }) => number))].sort(
    (one, other) => one - other,
  );
}

/** Numbers that are no issues are left out. */
async function readIssues(room: Pick<Room, "reader" | "about">, numbers: readonly number[]) {
  const doing = { what: "reading linked issues", right: "Issues (read)" };
  const shape = z.object({ repository: z.record(z.string(), found) });
  const { repository } = await question(room, shape, { text: queries.issues(numbers), doing });
  return Object.values(repository).filter((issue) => issue !== null);
}
