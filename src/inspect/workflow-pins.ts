import { valid } from "semver";
import type { WorkflowRun, WorkflowUse } from "../domain/workflow-facts.ts";

/** What is wrong with something that a workflow uses. */
export interface PinProblem {
  readonly severity: "error" | "warning";
  readonly code: "action-unpinned" | "image-unpinned" | "tool-unpinned" | "download-unchecked" | "gate-cannot-fail";
  readonly summary: string;
  readonly hint: string;
}

/** Actions that fetch a tool, with the input that says which; without it, the newest. */
const installers: ReadonlyMap<string, string> = new Map([
  ["hashicorp/setup-terraform", "terraform_version"],
  ["opentofu/setup-opentofu", "tofu_version"],
  ["terraform-linters/setup-tflint", "tflint_version"],
]);

export function problemsOfUse({ text, versions }: WorkflowUse): readonly PinProblem[] {
  if (text.startsWith("./")) return [];
  if (text.startsWith("docker://")) return problemOfImage(text.slice("docker://".length));
  const [name = "", ref] = text.split("@");
  const pinned = ref !== undefined && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(ref);
  const action: PinProblem = {
    severity: "error",
    code: "action-unpinned",
    summary: `"${text}" is ${ref === undefined ? "no version at all" : "a tag or branch that can be moved"}, and whoever moves it runs what they like here.`,
    hint: `Name the whole commit, with the version in a comment: ${name}@<40 hex digits> # v4.2.2`,
  };
  return [...(pinned ? [] : [action]), ...problemsOfVersions(name, versions)];
}

function problemsOfVersions(name: string, versions: WorkflowUse["versions"]): readonly PinProblem[] {
  const input = installers.get(name.toLowerCase());
  const given = Object.entries(versions);
  if (input !== undefined && given.length === 0)
    return [unpinned(`${name} without ${input}`, `Set \`${input}: 1.2.3\`.`)];
  return given.flatMap(([key, value]) => {
    if (value.includes("${{") || /file$/.test(key)) return [];
    const exact = key === input ? valid(value) !== null : !/^(?:latest|stable|\*|x)?$/i.test(value);
    return exact ? [] : [unpinned(`${key}: ${value}`, "Name one exact version: `1.11.4`.")];
  });
}

function unpinned(what: string, hint: string): PinProblem {
  const summary = `"${what}" is whatever is newest when it runs, and may be another program tomorrow.`;
  return { severity: "error", code: "tool-unpinned", summary, hint };
}

export function problemOfImage(image: string): readonly PinProblem[] {
  if (/@sha256:[0-9a-f]{64}$/.test(image) || image.includes("${{") || image === "") return [];
  const hasTag = /:[^/]+$/.test(image) && !image.endsWith(":latest");
  return [
    {
      severity: hasTag ? "warning" : "error",
      code: "image-unpinned",
      summary: `The image "${image}" is ${hasTag ? "a tag, which can be moved" : "whatever is newest when it runs"}.`,
      hint: "Name its digest: `name:1.2.3@sha256:…`.",
    },
  ];
}

const piped =
  /\b(?:curl|wget)\b[^\n|;&]*(?:\\\n[^\n|;&]*)*\|\s*(?:sudo\s+(?:-\S+\s+)*)?(?:\/\S*\/)?(?:ba|z|da|k)?(?:sh|python3?|node|perl|ruby|rpm)\b/;
const evaluated = /(?:\b(?:ba|z)?sh\s+-c|\beval|\bsource|\.)\s*(?:"?\$\(|<\()\s*(?:curl|wget)\b/;
const newest = /\S*(?:\/releases\/latest\b|@latest\b)\S*|\b(?:docker|podman)\s+(?:run|pull)\b[^\n]*\s(\S+:latest)\b/;
const gate = /\b(?:terraform|tofu|tflint|tfsec|trivy|checkov|conftest|plangate)\b/;
const excused =
  /\b(?:terraform|tofu|tflint|tfsec|trivy|checkov|conftest|plangate)\b[^\n#]*\|\|\s*(?:true|:|exit 0|echo\b)/;

export function problemOfRun({ text: whole, mayFail }: Pick<WorkflowRun, "text" | "mayFail">): readonly PinProblem[] {
  const text = whole.replaceAll(/^\s*#.*$/gm, "");
  const found: PinProblem[] = [];
  if (piped.test(text) || evaluated.test(text)) {
    const summary = "This runs what it downloads, whatever that is today.";
    const hint = "Download one version, compare its checksum (`sha256sum --check`), and then run it.";
    found.push({ severity: "error", code: "download-unchecked", summary, hint });
  }
  const latest = newest.exec(text);
  if (latest !== null) found.push(unpinned(latest[1] ?? latest[0].trim(), "Name one exact version in its place."));
  if ((mayFail && gate.test(text)) || excused.test(text)) {
    const summary = "This gate cannot fail: what it finds changes nothing.";
    const hint =
      "Take `continue-on-error` and `|| true` away; let findings that do not matter be named where they are.";
    found.push({ severity: "warning", code: "gate-cannot-fail", summary, hint });
  }
  return found;
}
