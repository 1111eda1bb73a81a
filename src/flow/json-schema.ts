import * as z from "zod";
import { flowSchema } from "./schema.ts";

/**
 * The JSON Schema of the flow file, for editors: made from the schema that reads the file, so the two never differ.
 * In draft 7, which editors' YAML support knows best. What holds between parts of the file is not in it; `check` says.
 */
export function flowJsonSchema(): string {
  const schema = z.toJSONSchema(flowSchema, { target: "draft-7", io: "input" });
  const titled = {
    title: "plangate flow",
    description: "How Terraform is delivered: who may go where, who may say yes, what exists, and what happens when.",
  };
  return `${JSON.stringify({ $schema: schema.$schema, ...titled, ...schema }, null, 2)}\n`;
}
