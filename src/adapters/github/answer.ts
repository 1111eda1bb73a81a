import * as z from "zod";
import { DeliveryError } from "../../domain/errors.ts";
import type { Doing } from "./failure.ts";

/** What GitHub answered, as far as it is used. Fails where it is not of the shape that its documentation gives. */
export function readAnswer<T>(schema: z.ZodType<T>, data: unknown, { what }: Doing): T {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  throw new DeliveryError({
    code: "answer-unexpected",
    message: `${what}: GitHub's answer is not of the shape that its documentation gives`,
    reaction: "stop",
    detail: z.prettifyError(parsed.error).slice(0, 1000),
    hint: "An Enterprise Server may be older than what plangate was made for.",
  });
}
