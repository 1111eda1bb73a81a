import { problem } from "../../flow/check.ts";
import type { FileCheck } from "../check.ts";

/** No file holds a key or token that opens something for long. What was found is named and never shown. */
export const noSecretIsTracked: FileCheck = {
  name: "no-secret-is-tracked",
  find: ({ survey }) => ({
    count: survey.texts,
    diagnostics: survey.secrets.map(({ kind, ...place }) =>
      problem("secret-in-file", { file: place.file, line: place.line, column: place.column }, [
        `This is ${kind}.`,
        "Revoke it first: whoever has a copy of the repository has it. Then let identities be short-lived, by OIDC.",
      ]),
    ),
  }),
};
