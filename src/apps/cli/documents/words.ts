import * as z from "zod";

/** The fields of some commands' documents, by the command. */
export type DocumentFields = Readonly<Record<string, Readonly<Record<string, z.ZodType>>>>;

export const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
export const instant = z.iso.datetime({ offset: false });
export const stack = z.string().regex(/^[^/]+\/.+$/);
export const commit = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/);
export const count = z.int().min(0);
export const listOf = <T extends z.ZodType>(item: T) => z.array(item).readonly();

export const diagnostic = z
  .strictObject({
    severity: z.enum(["error", "warning"]),
    code: z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/),
    summary: z.string().min(1),
    detail: z.string().optional(),
    hint: z.string().optional(),
    file: z.string().optional(),
    line: z.int().min(1).optional(),
    column: z.int().min(1).optional(),
  })
  .meta({ id: "diagnostic" });

export const verdict = z
  .strictObject({
    rule: z.string(),
    answer: z.enum(["yes", "no", "waiting"]),
    code: z.string().optional(),
    sentence: z.string(),
    until: z.number().optional(),
    after: z.string().optional(),
    get children() {
      return listOf(verdict).optional();
    },
  })
  .meta({ id: "verdict" });

export const mode = z.enum(["normal", "destroy", "refresh-only"]);
