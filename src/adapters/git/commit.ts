import type { CommitSha } from "../../domain/names.ts";

export interface RawCommit {
  readonly tree: string;
  readonly parents: readonly CommitSha[];
  /** Of author, committer and co-authors, in lower case, each once. */
  readonly emails: readonly string[];
  readonly message: string;
}

/** Takes a commit object apart. */
export function parseCommit(content: Buffer): RawCommit {
  const split = content.indexOf("\n\n");
  const head = (split < 0 ? content : content.subarray(0, split)).toString().split("\n");
  const values = (name: string) =>
    head.flatMap((line) => (line.startsWith(`${name} `) ? [line.slice(name.length + 1)] : []));
  const message = decode(split < 0 ? Buffer.alloc(0) : content.subarray(split + 2), values("encoding")[0]);
  const coAuthors = [...message.matchAll(/^[ \t]*co-authored-by:(.*)$/gim)].map(([, who = ""]) => who);
  const emails = [...values("author"), ...values("committer"), ...coAuthors].flatMap((who) => emailIn(who) ?? []);
  return {
    tree: values("tree")[0] ?? "",
    parents: values("parent") as CommitSha[],
    emails: [...new Set(emails)],
    message,
  };
}

/** `Name <address> time zone`. Git forbids `<` and `>` in both, and other writers of commits may not care. */
function emailIn(who: string): string | undefined {
  const address = /<([^<>]*)>[^<>]*$/.exec(who)?.[1]?.trim().toLowerCase();
  return address === "" ? undefined : address;
}

function decode(bytes: Buffer, encoding = "utf-8"): string {
  try {
    return new TextDecoder(encoding).decode(bytes);
  } catch {
    return bytes.toString("latin1");
  }
}
