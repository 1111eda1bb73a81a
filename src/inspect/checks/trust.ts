import { each } from "../../flow/check.ts";
import type { FileCheck } from "../check.ts";
import { problemOfSubject } from "../trust-subject.ts";

/** Nobody is trusted by a pattern: every subject that may act as an identity is written out, and pull requests only read. */
export const noTrustIsOpen: FileCheck = {
  name: "no-trust-is-open",
  find({ survey }) {
    const configured = [...survey.configuration].flatMap(([file, facts]) =>
      facts.subjects.map((subject) => ({ file, ...subject })),
    );
    return each([...configured, ...survey.subjects], (subject) => {
      const { file, line, column } = subject;
      const found = problemOfSubject(subject, file);
      return found === null ? [] : [{ ...found, file, line, column }];
    });
  },
};
