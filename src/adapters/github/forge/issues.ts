import * as z from "zod";
import type { Forge } from "../../../delivery/ports.ts";
import { tell } from "../settings/connection.ts";
import { question } from "./graphql.ts";
import * as queries from "./queries.ts";
import type { Room } from "./room.ts";
import { name, nodes, text } from "./schema.ts";

type Raised = Parameters<Forge["raiseIssue"]>[0];

/** Hangs on every issue of plangate's, so that they are found among all others. */
const label = "plangate";

const own = z.object({
  repository: z.object({
    issues: nodes(z.object({ number: z.int(), title: name, body: text, viewerDidAuthor: z.boolean() })),
  }),
});

/** Opens or updates plangate's issue of that key. An issue is its own when it wrote it: anybody can write the mark. */
export async function raiseIssue(room: Room, { key, title, body }: Raised): Promise<{ changed: boolean }> {
  const said = { title, body: `${body.replaceAll(/<!--(\s*plangate\b)/gi, "&lt;!--$1")}\n\n${markOf(key)}` };
  const open = await openIssue(room, key);
  if (open !== undefined && open.title === said.title && sameText(open.body, said.body)) return { changed: false };
  if (open === undefined)
    await tell(room.to, {
      route: "POST /repos/{owner}/{repo}/issues",
      with: { ...said, labels: [label] },
      doing: doing(`opening the issue ${key}`),
    });
  else await update(room, open.number, said, `updating the issue ${key}`);
  return { changed: true };
}

export async function closeIssue(room: Room, key: string, why: string): Promise<{ changed: boolean }> {
  const open = await openIssue(room, key);
  if (open === undefined) return { changed: false };
  const what = `closing the issue ${key}`;
  if (why !== "")
    await tell(room.to, {
      route: "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
      with: { issue_number: open.number, body: why },
      doing: doing(what),
    });
  await update(room, open.number, { state: "closed" }, what);
  return { changed: true };
}

function update(
  { to }: Room,
  issue_number: number,
  edits: Readonly<Record<string, string>>,
  what: string,
): Promise<void> {
  return tell(to, {
    route: "PATCH /repos/{owner}/{repo}/issues/{issue_number}",
    with: { issue_number, ...edits },
    doing: doing(what),
  });
}

/** The keys of those that are open. */
export async function openIssues(room: Room): Promise<readonly string[]> {
  return (await ownIssues(room)).flatMap(({ body }) => keyIn(body.trimEnd()) ?? []);
}

async function openIssue(room: Room, key: string) {
  return (await ownIssues(room)).find(({ body }) => body.trimEnd().endsWith(markOf(key)));
}

async function ownIssues(room: Room) {
  const asked = { text: queries.ownIssues, of: { label }, doing: doing("looking for plangate's issues") };
  const { repository } = await question(room, own, asked);
  return repository.issues.filter(({ viewerDidAuthor }) => viewerDidAuthor);
}

/** Any workflow acts as the same bot, and writes what it likes: a mark that can be read as no key is none. */
function keyIn(body: string): string | undefined {
  const written = /<!-- plangate:issue (\S+) -->$/.exec(body)?.[1];
  try {
    return written === undefined ? undefined : decodeURIComponent(written);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    return undefined;
  }
}

function doing(what: string) {
  return { what, right: "Issues (write)" };
}

/** GitHub keeps lines as a browser sends them. */
function sameText(one: string, other: string): boolean {
  return one.replaceAll("\r\n", "\n").trimEnd() === other.replaceAll("\r\n", "\n").trimEnd();
}

function markOf(key: string): string {
  return `<!-- plangate:issue ${encodeURIComponent(key)} -->`;
}
