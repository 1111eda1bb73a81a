import type { Drifted } from "../domain/drift.ts";
import type { StackName } from "../domain/names.ts";
import { inlineCode } from "./inert.ts";

/** Keeps an issue or a comment readable, and below what the forge takes. */
const most = 40;

/** What drifted, as a section for an issue or a comment; what something else sets at run time stands apart, since it is meant. */
export function renderDrift(stack: StackName, drifted: readonly Drifted[]): string {
  const [real, owned] = [drifted.filter(isDrift), drifted.filter((one) => !isDrift(one))];
  const parts = [
    real.length === 0
      ? `Nothing of ${inlineCode(stack)} drifted.`
      : `**${real.length} ${real.length === 1 ? "object" : "objects"} of ${inlineCode(stack)} ${real.length === 1 ? "is" : "are"} no longer as applied:**`,
    ...(real.length === 0 ? [] : [lines(real)]),
    ...(owned.length === 0
      ? []
      : ["Set at run time by something else, as the flow says, and therefore left alone:", lines(owned)]),
  ];
  return parts.join("\n\n");
}

function isDrift({ class: kind }: Drifted): boolean {
  return kind === "drift";
}

function lines(drifted: readonly Drifted[]): string {
  const shown = drifted.slice(0, most).map(({ address, paths }) => `- ${inlineCode(address)}${placesText(paths)}`);
  const more = drifted.length - shown.length;
  return [...shown, ...(more > 0 ? [`- and ${more} more`] : [])].join("\n");
}

function placesText(paths: readonly string[]): string {
  if (paths.length === 0) return " is gone";
  const shown = paths.slice(0, 6).map(inlineCode).join(", ");
  return `: ${shown}${paths.length > 6 ? ` and ${paths.length - 6} more` : ""}`;
}
