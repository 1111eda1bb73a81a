import * as z from "zod";
import { documentsOfRehearsals } from "./documents/rehearsals.ts";
import { documentsOfRepository } from "./documents/repository.ts";
import { documentsOfRuns } from "./documents/runs.ts";
import { diagnostic, listOf } from "./documents/words.ts";

/**
 * What `--json` prints, command by command: the one source of `schema/cli.json` and of the types that the commands
 * build their documents with. A document that failed may lack fields of its command, and never has others.
 */
export const commandFields = { ...documentsOfRepository, ...documentsOfRuns, ...documentsOfRehearsals } as const;

export type CommandName = keyof typeof commandFields;

/** The fields of a command's document, on top of `command`, `ok` and `diagnostics`. */
export type Fields<Name extends CommandName> = z.input<z.ZodObject<(typeof commandFields)[Name]>>;

/** The schema of one command's document. */
function documentsOf(name: CommandName): readonly z.ZodType[] {
  const fields: Readonly<Record<string, z.ZodType>> = commandFields[name];
  const about = { command: z.literal(name), diagnostics: listOf(diagnostic) };
  return [
    z.strictObject({ ...about, ok: z.literal(true), ...fields }),
    z.strictObject({ ...about, ok: z.literal(false), ...z.object(fields).partial().shape }),
  ];
}

/** JSON Schema of every document that a command prints with `--json`, in draft 7. */
export function cliJsonSchema(): string {
  const names = Object.keys(commandFields) as readonly CommandName[];
  /** A command line that names no command, or one that does not exist. */
  const unknown = z.strictObject({ command: z.literal(""), ok: z.literal(false), diagnostics: listOf(diagnostic) });
  const documents = z.union([...names.flatMap(documentsOf), unknown]);
  const schema = z.toJSONSchema(documents, {
    target: "draft-7",
    io: "input",
    override: ({ jsonSchema }) => {
      delete jsonSchema.readOnly;
    },
  });
  const titled = { title: "plangate --json", description: "What each command prints on standard output with --json." };
  return `${JSON.stringify({ $schema: schema.$schema, ...titled, ...schema }, null, 2)}\n`;
}
