import type { Diagnostic } from "../../domain/diagnostic.ts";
import type { Flow, Transition } from "../../flow/index.ts";
import type { CompileAbout, CompiledFile } from "../compiled-file.ts";
import { changeCheck, lookAgain } from "../names.ts";
import { opensExpression } from "./expressions.ts";
import { fileNameOf, files, reportOf } from "./naming.ts";
import { changes, isCarriedByName, shapeOf } from "./shape.ts";
import { ofOthers } from "./variables.ts";

type Found = Omit<Diagnostic, "file">;

/** What a flow asks for that workflows cannot carry, each with what to do or what happens instead. */
export function notCarried(flow: Flow, { flowFile, defaultBranch }: CompileAbout): readonly Diagnostic[] {
  const found = [
    ...branchName(defaultBranch),
    ...flow.when.flatMap((row) => rowNames(row)),
    ...fileNames(flow),
    ...jobNames(flow),
    ...offers(flow, defaultBranch),
    ...gates(flow),
    ...flow.environments.flatMap(variables),
  ];
  return found.map((one) => ({ ...one, file: flowFile }));
}

/** As large as a workflow may be for GitHub to read it. */
const largestFile = 500_000;

/** Flows of very many environments give more jobs than one file holds. */
export function fileTooLarge({ path, text }: CompiledFile, { flowFile }: CompileAbout): readonly Diagnostic[] {
  if (text.length <= largestFile) return [];
  const summary = `${path} would have ${text.length} characters, and GitHub reads ${largestFile} at most.`;
  const hint = "Let fewer environments be of one flow, or pass fewer variables to each.";
  return [{ ...error("workflow-too-large", summary, hint), file: flowFile }];
}

/** Branch names may hold almost anything; this one stands in conditions that keep strangers out. */
function branchName(name: string): readonly Found[] {
  if (/^[A-Za-z0-9][A-Za-z0-9._/-]*$/.test(name)) return [];
  const summary = `The default branch is called ${JSON.stringify(name)}, which no condition of a workflow can hold safely.`;
  return [error("branch-not-carried", summary, 'Give it a name of letters, digits, ".", "_", "-" and "/".')];
}

/** What rows call jobs and workflows, which GitHub shows, evaluates, and lets people choose from. */
function rowNames(row: Transition): readonly Found[] {
  const place = { line: row.line };
  const carried =
    row.workflow === null || isCarriedByName(row)
      ? []
      : [
          {
            ...warning(
              "workflow-not-carried",
              `The row for "${row.on}" names the workflow ${JSON.stringify(row.workflow)}, and plangate.yml carries it.`,
              "Only rows for pull requests, pushes and dispatches have a workflow of their own; leave `workflow` out here.",
            ),
            ...place,
          },
        ];
  const names = [row.job, row.workflow].flatMap((name) => name ?? []).filter((name) => !isInert(name));
  return [
    ...names.map((name) => ({
      ...error(
        "name-not-carried",
        `GitHub would not take the name ${JSON.stringify(name)} as it stands.`,
        'Leave out ${{, line ends and other signs that nobody sees, blanks at its ends, and "plangate /" before it.',
      ),
      ...place,
    })),
    ...carried,
  ];
}

/** Shown as it is written: evaluated nowhere, in one line, and not as a check of plangate's. */
function isInert(name: string): boolean {
  return (
    !opensExpression(name) &&
    !/^plangate\s*\//i.test(name) &&
    name.trim() === name &&
    !/[\p{C}\u2028\u2029]/u.test(name)
  );
}

/** Two names that give one file, or one of plangate's own; or the name of the check that every pull request waits for. */
function fileNames(flow: Flow): readonly Found[] {
  const own: readonly string[] = Object.values(files);
  const seen = new Map<string, string>();
  return flow.when.flatMap((row) => {
    if (row.workflow === null || !isCarriedByName(row)) return [];
    if (reportOf(row.workflow).toLowerCase() === changeCheck) {
      const summary = `The workflow ${JSON.stringify(row.workflow)} would report as "${changeCheck}", which is plangate's own check.`;
      return [{ ...error("check-name-taken", summary, "Give it another name."), line: row.line }];
    }
    const path = fileNameOf(row.workflow);
    const other = own.includes(path) ? "plangate's own" : seen.get(path);
    seen.set(path, seen.get(path) ?? row.workflow);
    if (other === undefined || other === row.workflow) return [];
    const summary = `The workflows ${JSON.stringify(row.workflow)} and ${JSON.stringify(other)} would both be ${path}.`;
    return [{ ...error("workflow-file-twice", summary, "Give it another name."), line: row.line }];
  });
}

/** A choice says one thing. GitHub tells texts apart without regard to case. */
function jobNames(flow: Flow): readonly Found[] {
  const seen = new Set([`\n${lookAgain.toLowerCase()}`]);
  return flow.when.flatMap((row) => {
    if (row.on !== "dispatch" || row.job === null) return [];
    const key = `${row.workflow ?? ""}\n${row.job.toLowerCase()}`;
    const isTaken = seen.has(key);
    seen.add(key);
    if (!isTaken) return [];
    const summary = `The job ${JSON.stringify(row.job)} is in its workflow already, or is what plangate calls one of its own.`;
    return [{ ...error("job-name-taken", summary, "Give it another name."), line: row.line }];
  });
}

/** A job that is offered runs behind the one that offers it; elsewhere people are told how to start it. */
function offers(flow: Flow, defaultBranch: string): readonly Found[] {
  const chains = shapeOf(flow, defaultBranch).named.flatMap((named) => named.chains);
  return flow.when.flatMap((row) => {
    if (row.thenOffer === null) return [];
    const isCarried = chains.some(
      ({ name, row: offered, offeredBy }) =>
        name === row.thenOffer && offered.workflow === row.workflow && offeredBy.length > 0,
    );
    if (row.workflow !== null && isCarried) return [];
    const summary = `${JSON.stringify(row.thenOffer)} cannot follow ${JSON.stringify(row.job)} in the same run.`;
    const hint = "People start it themselves. Put both into one `workflow`, the job that is offered behind the other.";
    return [{ ...warning("offer-not-carried", summary, hint), line: row.line }];
  });
}

/** A gate of a row is an environment on GitHub, which holds the identity of what is applied past it. */
function gates(flow: Flow): readonly Found[] {
  return flow.gates.flatMap(({ name }) => {
    const rows = flow.when.filter((row) => row.gate === name && changes(row));
    const environments = [...new Set(rows.flatMap(({ environment }) => environment ?? []))];
    if (environments.length < 2) return [];
    const summary = `The gate "${name}" is asked for ${environments.join(" and ")}, and on GitHub one environment would hold the identities of all.`;
    const found = error("gate-shared", summary, "Give each environment a gate of its own.");
    return [{ ...found, ...(rows[0] === undefined ? {} : { line: rows[0].line }) }];
  });
}

function variables({ name, variables: names }: Flow["environments"][number]): readonly Found[] {
  return names
    .filter((variable) => ofOthers.test(variable))
    .map((variable) =>
      error(
        "variable-not-carried",
        `"${name}" gives Terraform the variable ${variable}, whose name belongs to GitHub, npm or plangate.`,
        "Call it otherwise, TF_VAR_… for an input of the configuration.",
      ),
    );
}

const warning = (code: string, summary: string, hint: string): Found => ({ severity: "warning", code, summary, hint });
const error = (code: string, summary: string, hint: string): Found => ({ severity: "error", code, summary, hint });
