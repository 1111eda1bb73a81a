import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import formats from "ajv-formats";
import { expect } from "vitest";
import { type Document, documentOf, type Ran, run } from "./command-line.ts";

const schema = JSON.parse(readFileSync(new URL("../../../schema/cli.json", import.meta.url), "utf8")) as {
  readonly anyOf: readonly {
    readonly properties: { readonly command: { const: string }; readonly ok: { const: boolean } };
  }[];
  readonly definitions: object;
};
const ajv = new Ajv({ allErrors: true, strict: false });
formats.default(ajv);
/** By command and outcome, so that what is wrong is told of the one schema that was meant. */
const validators = new Map(
  schema.anyOf.map((document) => [
    `${document.properties.command.const} ${document.properties.ok.const}`,
    ajv.compile({ ...document, definitions: schema.definitions }),
  ]),
);

/** The document, after it was found to be as the published schema says. */
export function validDocumentOf(ran: Ran): Document {
  const document = documentOf(ran);
  const validate = validators.get(`${document.command} ${document.ok}`);
  if (validate === undefined) throw new Error(`the schema knows no ${document.command}`);
  validate(document);
  expect(validate.errors ?? []).toEqual([]);
  expect(document.ok).toBe(ran.code === 0);
  return document;
}

/** What a failure has to tell: which exit code, which first diagnostic. */
export interface Failure {
  readonly exit: 1 | 2 | 3;
  readonly code: string;
  readonly summary: RegExp;
  readonly hint: RegExp;
}

/**
 * Runs a command with `--json` and without, and sees that both tell the failure, each where it belongs. One after the
 * other: two at once would hold each other's state lock.
 */
export async function expectFailure(
  cwd: string,
  args: readonly string[],
  { how, ...failure }: Failure & { readonly how?: Parameters<typeof run>[2] },
): Promise<Document> {
  const asJson = await run(cwd, [...args, "--json"], how);
  const asText = await run(cwd, args, how);
  expectTold(asJson, failure);
  expect(asText.code, asText.stderr).toBe(failure.exit);
  expect(asText.stderr).toMatch(new RegExp(`(^|\\n|\\s)error ${failure.code}: `));
  expect(asText.stderr).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
  return validDocumentOf(asJson);
}

/** One run alone, for what can fail in one way only once. */
export function expectTold(ran: Ran, failure: Failure): Document {
  const document = validDocumentOf(ran);
  const [first] = document.diagnostics;
  expect({ exit: ran.code, ...first }, `${ran.stdout}\n${ran.stderr}`).toMatchObject({
    exit: failure.exit,
    code: failure.code,
    summary: expect.stringMatching(failure.summary),
    hint: expect.stringMatching(failure.hint),
  });
  return document;
}
