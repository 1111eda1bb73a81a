import type * as z from "zod";
import { DeliveryError } from "../../../domain/errors.ts";
import type { SeenSettings } from "../../../domain/seen-settings.ts";
import { answerOf } from "../failure.ts";
import { type Asker, ask, type Connection, doing, see } from "./connection.ts";
import * as shape from "./schema.ts";

/** The workflow files of a branch; none where there is no folder of them. */
export async function readWorkflows(to: Connection, asker: Asker, branch: string): Promise<SeenSettings["workflows"]> {
  const about = doing(to, "the workflows", "Contents (read)");
  return see(asker, about, async () => {
    const files = (await contentAt(to, shape.folder, { path: ".github/workflows", ref: branch })) ?? [];
    return Promise.all(
      files
        .filter(({ path }) => /\.ya?ml$/.test(path))
        .map(async ({ path }) => ({ path, text: (await readFileAt(to, path, branch)) ?? "" })),
    );
  });
}

/** The text of a file at a branch; undefined where there is none. */
export async function readFileAt(to: Connection, path: string, ref: string): Promise<string | undefined> {
  const found = await contentAt(to, shape.file, { path, ref });
  return found === undefined ? undefined : textOf(found);
}

async function contentAt<T>(
  to: Connection,
  schema: z.ZodType<T>,
  at: { readonly path: string; readonly ref: string },
): Promise<T | undefined> {
  const about = doing(to, at.path, "Contents (read)");
  try {
    return await ask(to, schema, { route: "GET /repos/{owner}/{repo}/contents/{path}", with: at, doing: about });
  } catch (error) {
    if (error instanceof DeliveryError && answerOf(error.cause)?.status === 404) return undefined;
    throw error;
  }
}

/** Nothing for what is no plain file: then nobody can say what it does. */
function textOf({ type, content, encoding }: z.infer<typeof shape.file>): string {
  return type === "file" && encoding === "base64" ? Buffer.from(content ?? "", "base64").toString("utf8") : "";
}
