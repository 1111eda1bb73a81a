import * as z from "zod";
import { commit, count, type DocumentFields, listOf, stack } from "./words.ts";

/** A setting of GitHub as it is: any JSON. */
const setting = z.unknown();

/** What the commands tell that look at the flow and the repository, and write what follows from them. */
export const documentsOfRepository = {
  init: {
    file: z.string(),
    preset: z.string(),
    notes: listOf(z.string()),
  },
  check: {
    stacks: listOf(
      z.strictObject({
        stack,
        root: z.string(),
        environment: z.string(),
        /** There is one for each pull request, made from this: `{instance}` in its backend stands for the number. */
        perPullRequest: z.boolean(),
        /** As -backend-config: files, or key=value. */
        backend: listOf(z.string()),
        varFiles: listOf(z.string()),
      }),
    ),
    /** How much each check looked at: one that saw nothing proves nothing. */
    checked: listOf(z.strictObject({ name: z.string(), count })),
  },
  compile: {
    /** Every file that the flow gives, and every one that it no longer gives. */
    files: listOf(z.strictObject({ path: z.string(), change: z.enum(["create", "update", "same", "delete"]) })),
  },
  audit: {
    repository: z.string(),
    findings: listOf(
      z.strictObject({
        code: z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/),
        /** Which setting, in GitHub's words. */
        where: z.string(),
        declared: setting,
        live: setting,
        /** A row of docs/security.md. */
        loophole: z
          .string()
          .regex(/^L\d+$/)
          .optional(),
        fix: z.string(),
        /** Whether `--fix` puts it right. */
        fixable: z.boolean(),
      }),
    ),
    capabilities: listOf(
      z.strictObject({
        feature: z.string(),
        /** Null: it depends on GitHub's plan, which the token may not know. */
        available: z.boolean().nullable(),
        why: z.string(),
        /** What holds instead. */
        fallback: z.string(),
        source: z.string().nullable(),
      }),
    ),
    /** With --fix: the changes that were made. */
    changed: listOf(z.string()),
  },
  explain: {
    matrix: listOf(
      z.strictObject({
        event: z.enum(["pull_request", "merge", "push", "dispatch", "schedule", "release"]),
        condition: z.string(),
        environment: z.string().nullable(),
        actions: listOf(z.string()),
      }),
    ),
    /** Where the picture was written; null when none was asked for. */
    svg: z.string().nullable(),
  },
  affected: {
    stacks: listOf(
      z.strictObject({
        stack,
        because: listOf(z.string()),
        /** How many more paths there are. */
        more: count.optional(),
        deleted: z.literal(true).optional(),
        added: z.literal(true).optional(),
        /** Why every file of the repository counts for it. */
        wholeTree: z.string().optional(),
      }),
    ),
    all: z.boolean(),
    why: z.string().nullable(),
    mergeBase: commit,
    head: commit,
  },
} as const satisfies DocumentFields;
