import type { SettingValue } from "../domain/forge-settings.ts";
import type { SettingsStep } from "../domain/seen-settings.ts";
import type { SettingsFinding } from "../domain/settings-finding.ts";
import { inertLine } from "./inert.ts";

export interface AuditView {
  /** `owner/name`, and the host whose settings these are. */
  readonly repository: string;
  readonly host: string;
  readonly findings: readonly SettingsFinding[];
  /** What GitHub does not do here, or may not, and what holds instead. */
  readonly missing: readonly { readonly why: string; readonly fallback: string }[];
  /** How many changes put right what can be put right by itself. */
  readonly changes: number;
  /** Changes that were just made, as sentences. */
  readonly made: readonly string[];
}

/** What an audit found, for the terminal; everything live is somebody's text. */
export function renderAudit(view: AuditView): string {
  const { findings, missing, made } = view;
  const lines = [
    ...(made.length === 0 ? [] : [...made.map((sentence) => `✓ ${sentence}`), ""]),
    `${view.repository} on ${view.host}: ${findings.length === 0 ? "the live settings are as the flow needs them" : plural(findings.length, "finding")}`,
    ...findings.flatMap(findingLines),
    ...(missing.length === 0 ? [] : ["", "What GitHub does not do here, and what holds instead:"]),
    ...missing.flatMap(({ why, fallback }) => [`  – ${why}`, `      ${fallback}`]),
    ...nextLines(view),
  ];
  return lines.map((line) => inertLine(line)).join("\n");
}

function findingLines({ code, where, declared, live, loophole, fix }: SettingsFinding): readonly string[] {
  // A whole ruleset or environment that is not there is told by its name.
  const both =
    live === null && typeof declared === "object"
      ? []
      : [`declared ${valueText(declared)}`, `live     ${valueText(live)}`];
  return [
    "",
    `  ✗ ${code}${loophole === undefined ? "" : ` (${loophole})`}: ${where}`,
    ...[...both, fix].map((line) => `      ${line}`),
  ];
}

function nextLines({ findings, changes }: AuditView): readonly string[] {
  if (findings.length === 0) return [];
  const byHand = findings.filter((finding) => finding.changes.length === 0).length;
  const both = [
    ...(changes === 0 ? [] : [`\`plangate audit --fix\` makes ${plural(changes, "change")}, after showing them.`]),
    ...(byHand === 0 ? [] : [`${plural(byHand, "finding")} ${byHand === 1 ? "takes" : "take"} a person.`]),
  ];
  return ["", both.join(" ")];
}

const longestValue = 300;

function valueText(value: SettingValue): string {
  if (value === null) return "nothing";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length <= longestValue ? text : `${text.slice(0, longestValue)}…`;
}

/** One change as a sentence, before it is made and after. */
export function stepText(step: SettingsStep): string {
  switch (step.kind) {
    case "merge-buttons":
      return `Set ${Object.entries(step.set)
        .map(([name, on]) => `${name} to ${on}`)
        .join(", ")}`;
    case "actions":
      return `Set actions.${step.part} to ${valueText(step.set as unknown as SettingValue)}`;
    case "immutable-releases":
      return "Make releases immutable";
    case "ruleset":
      return `${step.id === null ? "Create" : "Set"} the ruleset "${step.ruleset.name}": ${step.ruleset.rules.map(({ type }) => type).join(", ")}`;
    case "remove-ruleset":
      return `Remove the ruleset "${step.name}"`;
    case "environment":
      return environmentText(step.environment);
    case "add-branch-policy":
      return `Let ${step.policy.type} ${step.policy.name} use the environment "${step.environment}"`;
    case "remove-branch-policy":
      return `Keep ${step.policy.type} ${step.policy.name} from the environment "${step.environment}"`;
    case "label":
      return `Create the label "${step.label.name}"`;
  }
}

function environmentText({ name, reviewers }: Extract<SettingsStep, { kind: "environment" }>["environment"]): string {
  const asked = reviewers.map(({ reviewer }) => reviewer).join(", ");
  return `Set the environment "${name}": ${asked === "" ? "asks nobody" : `asks ${asked}`}, for the refs of the flow alone`;
}

function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
