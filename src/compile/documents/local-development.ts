import {
  fetchArgs,
  formatArgs,
  lintSettings,
  tflintInit,
  tflintRun,
  tfsecRun,
  validateArgs,
} from "../../domain/static-checks.ts";
import type { Environment, Flow } from "../../flow/index.ts";
import { inertMarkdown, inlineCode, tableCode } from "../../views/inert.ts";
import type { CompileAbout, Compiled } from "../compiled-file.ts";
import { trustFolder } from "../trust/index.ts";
import { linterOf, toolVersionOf } from "../workflows/pins.ts";
import { type CiJob, ciJobs } from "./run-by-ci.ts";
import { trustedEnvironments } from "./trusted.ts";

export const localDevelopmentFile = "docs/local-development.md";

/**
 * What people run on their own machine: the commands of CI as the compiled workflows have them, what shows the same in a
 * checkout, and the steps that are taken by hand.
 */
export function compileLocalDevelopment(flow: Flow, about: CompileAbout): Compiled {
  const jobs = ciJobs(flow, about);
  const text = [
    "## What CI runs, and the same by hand",
    `${toolName(flow)} ${toolVersionOf(flow)} and plangate ${about.version} are what CI has. Once, on your machine:`,
    shell(setUp(flow, about)),
    ...(jobs.length === 0 ? ["No workflow looks at changes."] : [tableOf(flow, jobs)]),
    "STACK stands for a stack's name, ROOT for the folder of its root module, NUMBER for a pull request's; `plangate affected` names the stacks that a change touches.",
    ...lintersText(flow),
    "## Steps by hand",
    stepsByHand(flow, about).join("\n"),
  ].join("\n\n");
  return {
    files: [{ path: localDevelopmentFile, form: "region", text: `${text}\n`, comment: "<!--" }],
    diagnostics: [],
  };
}

function setUp({ require }: Flow, { version }: CompileAbout): readonly string[] {
  return [
    `npm install --global plangate@${version}`,
    ...require.checks.flatMap((check) => {
      const linter = linterOf(check);
      return linter === undefined ? [] : [`go install ${linter}`];
    }),
  ];
}

function tableOf(flow: Flow, jobs: readonly CiJob[]): string {
  const rows = jobs.map((job) => [
    inertMarkdown(job.workflow),
    inertMarkdown(job.name),
    cellOf(job.commands),
    cellOf(byHand(flow, job)),
  ]);
  return [["workflow", "job", "CI runs", "by hand"], ["---", "---", "---", "---"], ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

function cellOf(commands: readonly string[]): string {
  return commands.length === 0 ? "–" : commands.map(commandCode).join("<br>");
}

/** To be copied as it is; what could be more than a command is made harmless first. */
function commandCode(command: string): string {
  return /^[ -_a-~]+$/.test(command) ? `\`${command.replaceAll("|", "\\|")}\`` : tableCode(command);
}

/** What shows a person the same as the commands of a job of CI. */
function byHand(flow: Flow, { commands, environment }: CiJob): readonly string[] {
  return commands.flatMap((command) => {
    if (command.endsWith(" compile --check")) return ["plangate compile --check"];
    const [, word = "", what = ""] = / ci ([a-z-]+)(?: ([a-z0-9-]+))?$/.exec(command) ?? [];
    switch (word) {
      case "touched":
        return ["plangate check", "plangate affected origin/BASE HEAD"];
      case "check-files":
        return staticCheck(flow, what);
      case "plan":
        return flow.environments
          .filter(({ name }) => name === environment)
          .map((one) => `plangate plan ${stackIn(one)}`);
      default:
        return [];
    }
  });
}

function staticCheck(flow: Flow, check: string): readonly string[] {
  const program = programOf(flow);
  switch (check) {
    case "fmt":
      return [[program, ...formatArgs(["FILES"])].join(" ")];
    case "validate":
      return inRoot([program, ...fetchArgs], [program, ...validateArgs]);
    case "tflint":
      return inRoot(tflintInit("SETTINGS"), tflintRun("SETTINGS"));
    case "tfsec":
      return inRoot(tfsecRun({ settings: "SETTINGS", checks: "CHECKS" }));
    default:
      return [];
  }
}

function inRoot(...commands: readonly (readonly string[])[]): readonly string[] {
  return commands.map((argv) => `(cd ROOT && ${argv.join(" ")})`);
}

/** What stands for settings, which CI takes from the nearest place above a folder, and programs do not by themselves. */
function lintersText({ require: { checks } }: Flow): readonly string[] {
  const names = (all: readonly string[]) => all.map(inlineCode).join(", ");
  return [
    ...(checks.includes("fmt") ? ["FILES stands for the files that the change alters."] : []),
    ...(checks.includes("tflint")
      ? [
          `For tflint, SETTINGS is the whole path of the nearest of ${names(lintSettings.tflint)} in ROOT or above it; where there is none, CI leaves the option out. Plugins are fetched where these settings name any.`,
        ]
      : []),
    ...(checks.includes("tfsec")
      ? [
          `For tfsec, SETTINGS is that of ${names(lintSettings.tfsec)}, and CHECKS that of the nearest folder ${names(lintSettings.tfsecChecks)}.`,
        ]
      : []),
  ];
}

function stepsByHand(flow: Flow, about: CompileAbout): readonly string[] {
  const started = flow.when.filter(({ on }) => on === "dispatch");
  return [
    "- After the flow changed: `plangate compile`, and commit what it wrote; `plangate compile --check` says what is missing.",
    ...(trustedEnvironments(flow, about).size === 0 ? [] : [identityStep(flow)]),
    ...started.map(
      ({ job, workflow }) =>
        `- ${inertMarkdown(job ?? "a job")}: on GitHub under Actions, ${inertMarkdown(workflow ?? "plangate")}, *Run workflow*, from the default branch.`,
    ),
    ...flow.environments.map(environmentStep),
    "- What waits for whom: `plangate runs` on your machine, the comments of the pull request on GitHub.",
  ];
}

/** Whoever may make identities is no job: it could give itself any. */
function identityStep(flow: Flow): string {
  const apply = inlineCode(`${programOf(flow)} -chdir=${trustFolder} apply`);
  return `- After ${inlineCode(`${trustFolder}/`)} changed: somebody who may make identities runs ${apply}. No job does.`;
}

/** What a person writes for a stack of an environment. */
function stackIn({ name, perPullRequest }: Environment): string {
  return `${name}${perPullRequest ? "-NUMBER" : ""}/STACK`;
}

function environmentStep(environment: Environment): string {
  const { name, gated, destroyable } = environment;
  const stack = stackIn(environment);
  if (gated)
    return `- ${inertMarkdown(name)}: nobody applies from their own machine; ${inlineCode(`plangate plan ${stack}`)} shows what would come.`;
  const destroy = destroyable ? `; ${inlineCode(`plangate destroy ${stack}`)} takes all of it down` : "";
  return `- ${inertMarkdown(name)}: ${inlineCode(`plangate plan ${stack}`)}, then the ${inlineCode("plangate apply")} that it prints${destroy}.`;
}

function programOf({ tool }: Flow): string {
  return tool === "terraform" ? "terraform" : "tofu";
}

function toolName({ tool }: Flow): string {
  return tool === "terraform" ? "Terraform" : "OpenTofu";
}

function shell(lines: readonly string[]): string {
  return `\`\`\`sh\n${lines.join("\n")}\n\`\`\``;
}
