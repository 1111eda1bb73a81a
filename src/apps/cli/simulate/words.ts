import * as z from "zod";
import {
  commitSha,
  login,
  pullRequestNumber,
  refName,
  runId,
  stackName,
  treeSha,
  word,
} from "../../../adapters/github-events/index.ts";
import { parseDigest } from "../../../domain/digest.ts";
import { parseInstant } from "../../../domain/names.ts";
import { type ReasonCode, reasons } from "../../../domain/reason.ts";
import { type Fact, value } from "./fact.ts";

/** Single values as they stand in a file of facts. */

function read<T>(what: string, parse: (text: string) => T | undefined) {
  return z.string({ error: `it is no ${what}` }).transform((text, context): T => {
    const parsed = text.length <= 200 ? parse(text) : undefined;
    if (parsed !== undefined) return parsed;
    context.issues.push({ code: "custom", message: `it is no ${what}`, input: text });
    return z.NEVER;
  });
}

export const aLogin = value(login);
export const aCommit = value(commitSha);
export const aTree = value(treeSha);
export const aStackName = value(stackName);
export const aRunId = value(runId);
export const aBranch = value(refName);
/** Any text on a line of its own: names, sentences. */
export const aText = value(word);
export const aPullRequest = value(pullRequestNumber);
export const aCount = value(z.int({ error: "it is no whole number" }).min(0, { error: "it is less than nothing" }));
export const aFlag = value(z.boolean({ error: "it is neither true nor false" }));
export const aDigest = value(read("digest: they are written sha256:<64 hex digits>", parseDigest));
export const anInstant = value(
  read("time with its zone, such as 2026-01-06T10:00:00Z", (text) => {
    const at = parseInstant(text);
    return at !== undefined && Number.isSafeInteger(at) ? at : undefined;
  }),
);
export const aReason: Fact<ReasonCode> = oneOf(Object.keys(reasons) as ReasonCode[]);

export function oneOf<const T extends string>(words: readonly T[]): Fact<T> {
  return value(z.enum(words as [T, ...T[]], { error: `it is none of ${words.join(", ")}` }) as unknown as z.ZodType<T>);
}
