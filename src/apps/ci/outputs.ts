import { appendFileSync, statSync } from "node:fs";
import { DeliveryError, InternalError } from "../../domain/errors.ts";
import type { Redactor } from "../../domain/redaction.ts";
import { inertText } from "../../views/inert.ts";
import { type Env, mustHave } from "./job.ts";

/** GitHub takes no more from a step. */
const mostOutput = 1024 * 1024;
const mostSummary = 1024 * 1024;

export interface Outputs {
  /** Gives a value to the jobs that need this one. Whatever it holds, it can neither end nor name another one. */
  output(name: string, value: string): void;
  /** Adds Markdown to what people see of the job; what GitHub would not take any more is cut. */
  summary(markdown: string): void;
}

/** The files that the runner reads after the step. */
export function openOutputs(env: Env, redact: Redactor): Outputs {
  let written = 0;
  return {
    output: (name, value) => {
      if (!/^[a-z][a-z-]*$/.test(name)) throw new InternalError(`${JSON.stringify(name)} is no name of an output`);
      const bytes = Buffer.byteLength(value);
      written += bytes;
      if (written > mostOutput) throw tooLarge(name);
      // Nobody can guess it, so no value can hold it.
      const end = `plangate-${crypto.randomUUID()}`;
      appendFileSync(mustHave(env, "GITHUB_OUTPUT"), `${name}<<${end}\n${value}\n${end}\n`);
    },
    summary: (markdown) => {
      const file = env.GITHUB_STEP_SUMMARY;
      if (file === undefined || file === "") return;
      const left = mostSummary - (statSync(file, { throwIfNoEntry: false })?.size ?? 0);
      const text = `${inertText(redact(markdown))}\n\n`;
      const bytes = Buffer.from(text);
      if (bytes.byteLength <= left) appendFileSync(file, bytes);
      else if (left > cut.length)
        appendFileSync(file, `${wholeCharacters(bytes.subarray(0, left - cut.length))}${cut}`);
    },
  };
}

const cut = "\n\n(cut here: GitHub shows no more)\n";

/** Without what a cut left of a character. */
function wholeCharacters(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes, { stream: true });
}

function tooLarge(name: string): DeliveryError {
  return new DeliveryError({
    code: "output-too-large",
    message: `giving the output ${name}: GitHub takes ${mostOutput} bytes of a job`,
    reaction: "stop",
    hint: "Nothing is lost: the next run goes on with it. Report this, since what is handed on is meant to be smaller.",
  });
}
