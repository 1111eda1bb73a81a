import type { StackName } from "../domain/names.ts";
import { inertLine, inlineCode } from "./inert.ts";

/** An object that is no longer as it was applied, and the places in it; `runtime-owned` where the flow expects that. */
export interface Drifted {
  readonly address: string;
  /** Empty when the object is gone. */
  readonly paths: readonly string[];
  readonly class: "drift" | "runtime-owned";
}

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

/** The same for a terminal. */
export function renderDriftText(stack: StackName, drifted: readonly Drifted[]): string {
  const real = drifted.filter(isDrift);
  const told = drifted.map(({ address, paths, class: kind }) =>
    inertLine(
      `  ${kind === "drift" ? "~" : "·"} ${address}${placesText(paths, (path) => path)}${kind === "drift" ? "" : " (set at run time, left alone)"}`,
    ),
  );
  const head = real.length === 0 ? `${stack}: no drift` : `${stack}: ${real.length} drifted`;
  return [head, ...told].join("\n");
}

function isDrift({ class: kind }: Drifted): boolean {
  return kind === "drift";
}

function lines(drifted: readonly Drifted[]): string {
  const shown = drifted
    .slice(0, most)
    .map(({ address, paths }) => `- ${inlineCode(address)}${placesText(paths, inlineCode)}`);
  const more = drifted.length - shown.length;
  return [...shown, ...(more > 0 ? [`- and ${more} more`] : [])].join("\n");
}

function placesText(paths: readonly string[], spell: (path: string) => string): string {
  if (paths.length === 0) return " is gone";
  const shown = paths.slice(0, 6).map(spell).join(", ");
  return `: ${shown}${paths.length > 6 ? ` and ${paths.length - 6} more` : ""}`;
}
