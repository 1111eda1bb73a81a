import type { Step, Transition } from "../../../flow/flow.ts";
import { listed, type Spelling } from "./names.ts";

/** What a row does, in few words: `Plan & Apply`, `Plan Only (Comment)`, `Destroy`. */
export function actionsText(row: Transition, spelling: Spelling): string {
  const { do: steps } = row;
  if (!steps.some((step) => changing.has(step))) return lookedAt(row);
  const words = steps.flatMap((step) => wordOf(row, step, spelling));
  const [main, rest] = [words.filter(({ isMain }) => isMain), words.filter(({ isMain }) => !isMain)];
  const told = main.map(({ word }) => word).join(" & ");
  return rest.length === 0 ? told : `${told} (${rest.map(({ word }) => word).join(", ")})`;
}

const changing: ReadonlySet<Step> = new Set(["apply", "destroy", "release"]);

function wordOf(
  { do: steps, gate }: Transition,
  step: Step,
  { strong }: Spelling,
): readonly { word: string; isMain: boolean }[] {
  switch (step) {
    case "plan":
      return [{ word: "Plan", isMain: true }];
    case "plan-destroy":
      return [{ word: "Plan", isMain: true }];
    case "apply":
      return [{ word: steps.includes("plan") ? "Apply" : "Apply the stored plan", isMain: true }];
    case "destroy":
      return [{ word: "Destroy", isMain: true }];
    case "release":
      return [{ word: "Release", isMain: true }];
    case "check":
      return [{ word: "checked", isMain: false }];
    case "comment":
      return [{ word: "in a comment", isMain: false }];
    case "artifact":
      return [{ word: "kept as artifact", isMain: false }];
    case "gate":
      return [{ word: gate === null ? "at the gate" : `at the gate ${strong(gate)}`, isMain: false }];
    case "verify":
      return [{ word: "verified", isMain: false }];
    case "drift":
      return [{ word: "drift looked for", isMain: false }];
  }
}

function lookedAt({ do: steps, drift, on }: Transition): string {
  if (steps.includes("drift")) return driftText(drift);
  const shown = [
    ...(steps.includes("comment") ? ["Comment"] : []),
    ...(steps.includes("artifact") ? ["Artifact"] : []),
    ...(on === "merge" && steps.includes("plan") ? ["Stored"] : []),
    ...(steps.includes("check") ? ["checked"] : []),
  ];
  const what = steps.includes("plan-destroy") ? "Plan the Destroy Only" : steps.includes("plan") ? "Plan Only" : "";
  if (what === "") return listed(steps.map((step) => step.charAt(0).toUpperCase() + step.slice(1)));
  return shown.length === 0 ? what : `${what} (${shown.join(", ")})`;
}

function driftText(drift: Transition["drift"]): string {
  switch (drift) {
    case "detect":
      return "Drift Detection (nothing is changed)";
    case "propose":
      return "Drift Detection & Plan (nothing is applied)";
    case "apply":
      return "Drift Detection, Plan & Apply";
  }
}
