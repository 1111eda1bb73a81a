import type { Command } from "commander";
import type { Context, Given, Result } from "./context.ts";

interface CliCommand {
  /** As commander wants it: the name, then operands. */
  readonly name: string;
  readonly define: (command: Command) => void;
  readonly run: (context: Context, given: Given) => Promise<Result>;
}

const example = (...lines: readonly string[]) => `\nExample:\n${lines.map((line) => `  ${line}`).join("\n")}`;

/** Every command; what each does is imported when it is run, so that starting costs little. */
export const commands: readonly CliCommand[] = [
  {
    name: "init",
    define: (command) =>
      command
        .description("write a full, commented plangate.yaml after looking at the repository")
        .option(
          "--preset <name>",
          "trunk-demo, integration-branch, gitflow or trunk-stored-plan (default: what the branches look like)",
        )
        .option("--owners <people>", "who may approve: logins separated by commas, or organisation/team")
        .option("--environments <names>", "what they are called here, in the order in which a change passes them")
        .option("--force", "replace a flow file that is there")
        .addHelpText(
          "after",
          example("plangate init --preset gitflow --owners ann,bob --environments dev,staging,prod"),
        ),
    run: async (context, given) => (await import("./commands/init.ts")).initCommand(context, given),
  },
  {
    name: "check",
    define: (command) =>
      command
        .description("the flow, its stacks, and what files can show: every problem in one run")
        .addHelpText("after", example("plangate check", "plangate check --json")),
    run: async (context) => (await import("./commands/check.ts")).checkCommand(context),
  },
  {
    name: "compile",
    define: (command) =>
      command
        .description(
          "write what GitHub needs of the flow: workflows, settings, identities, owners of code, documents; never over what people wrote",
        )
        .option("--check", "write nothing; exit 3 when a file is not as the flow compiles to")
        .option("--force", "replace what was changed by hand in compiled files and regions")
        .option(
          "--default-branch <name>",
          "on GitHub: its workflows are trusted (default: as compiled before, else what Git knows of the remote)",
        )
        .addHelpText("after", example("plangate compile", "plangate compile --check --json")),
    run: async (context, given) => (await import("./commands/compile.ts")).compileCommand(context, given),
  },
  {
    name: "audit",
    define: (command) =>
      command
        .description(
          "the repository's live settings on GitHub beside those that the flow needs; exit 3 when they differ; asks with GITHUB_TOKEN or GH_TOKEN",
        )
        .option("--fix", "set them, after showing each change and asking; what refuses comes before what allows")
        .option("--yes", "with --fix: without asking")
        .option("--repository <owner/name>", "another than the flow names")
        .option(
          "--api-url <url>",
          "of an Enterprise Server: https://HOST/api/v3 (default: GITHUB_API_URL, else github.com)",
        )
        .addHelpText(
          "after",
          example("plangate audit --repository acme/live", "plangate audit --fix", "plangate audit --fix --yes --json"),
        ),
    run: async (context, given) => (await import("./commands/audit.ts")).auditCommand(context, given),
  },
  {
    name: "ci",
    define: (command) =>
      command
        .description("one step of a job on GitHub Actions; the workflows that `plangate compile` writes call it")
        .argument(
          "<step>",
          "touched, check-files, plan, hand-over, decide, present, environment, apply, go-on, check or keys",
        )
        .argument(
          "[name]",
          "of check-files: fmt, validate, tflint or tfsec; of keys: a new folder, or a copy of one that it made",
        )
        .addHelpText(
          "after",
          [
            "\nEach step reads the runner's variables (GITHUB_…, RUNNER_TEMP), leaves what is uploaded in plangate-out/,",
            "and writes GITHUB_OUTPUT and GITHUB_STEP_SUMMARY:",
            "  touched    orders plans of what a change touches; PLANGATE_WORKFLOW: of which workflow's rows. Output: plans",
            "  check-files  one static check of what a change alters: fmt, validate, tflint or tfsec",
            "  plan       makes the plans of PLANGATE_ORDERS in PLANGATE_ENVIRONMENT and closes them with PLANGATE_SEAL_KEY",
            "  hand-over  starts plangate.yml on the default branch, to look at this run",
            "  decide     takes up what happened and decides. Outputs: plans, applies",
            "  present    takes up the plans of this run: opens, compares with Git, shows, signs. Output: applies",
            "  environment  ends the job unless PLANGATE_ENVIRONMENT is on GitHub as the flow has it",
            "  apply      applies runs of PLANGATE_ORDERS in PLANGATE_ENVIRONMENT, each decided on once more; keeps what it said",
            "             and found, closed, in plangate-out/, which is uploaded as the artifact PLANGATE_KEPT",
            "  go-on      starts plangate.yml again where the apply jobs of this run left something",
            "  check      fails unless each job of PLANGATE_NEEDS did its work, or had none",
            "  keys       makes the keys of a repository, and those of environments that a copy of them has none for",
            "decide and present hold PLANGATE_OPEN_KEY, which opens all plans, PLANGATE_SIGN_KEY, PLANGATE_DIGEST_KEY,",
            "PLANGATE_SEAL_KEY and PLANGATE_VERIFY_KEY; apply holds PLANGATE_OPEN_KEY of its environment alone,",
            "PLANGATE_DIGEST_KEY and PLANGATE_VERIFY_KEY.",
          ].join("\n"),
        )
        .addHelpText("after", example("plangate ci decide", "plangate ci keys ~/plangate-keys")),
    run: async (context, given) => (await import("./commands/ci.ts")).ciCommand(context, given),
  },
  {
    name: "explain",
    define: (command) =>
      command
        .description("the flow for people: trigger matrix, picture, and every rule in a sentence")
        .option("--svg <file>", "also write the picture, as an SVG for a wall")
        .addHelpText("after", example("plangate explain > delivery.md", "plangate explain --svg delivery.svg")),
    run: async (context, given) => (await import("./commands/explain.ts")).explainCommand(context, given),
  },
  {
    name: "simulate",
    define: (command) =>
      command
        .description("what plangate would do about an event, and why: decided offline, nothing is done")
        .requiredOption("--event <file>", "an event, or a webhook's body as GitHub sends it; - reads standard input")
        .option("--event-name <name>", "what the body is, as the header X-GitHub-Event says; else it is recognised")
        .option("--facts <file>", "what is true then (schema/facts.json); what it leaves out is unknown, never good")
        .option("--facts-template", "print the facts that matter for the event, each unknown, to be filled in")
        .addHelpText(
          "after",
          example(
            "plangate simulate --event delivery.json --event-name pull_request",
            "plangate simulate --event merge.json --facts-template > facts.json",
            "plangate simulate --event merge.json --facts facts.json --json",
          ),
        ),
    run: async (context, given) => (await import("./commands/simulate.ts")).simulateCommand(context, given),
  },
  {
    name: "plan",
    define: (command) =>
      command
        .argument("<stack>", "environment/name, such as test/app")
        .description("plan a stack as its environment asks, and store the plan; a dirty checkout is only looked at")
        .addHelpText("after", example("plangate plan test/app", "plangate plan prod/network --json")),
    run: async (context, given) => (await import("./commands/plan.ts")).planCommand(context, given),
  },
  {
    name: "apply",
    define: (command) =>
      command
        .argument("<stack>", "environment/name, such as dev/app")
        .description("apply a stored plan byte for byte; refused where the flow has a gate")
        .option("--plan <digest>", "the plan that `plangate plan` stored; has to be said")
        .option("--break-glass <reason>", "past the gate: asks for the stack's name in full, and is recorded for good")
        .addHelpText(
          "after",
          example(
            "plangate apply dev/app --plan sha256:…",
            'plangate apply prod/app --plan sha256:… --break-glass "region down, ticket 12"',
          ),
        ),
    run: async (context, given) => (await import("./commands/apply.ts")).applyCommand(context, given),
  },
  {
    name: "destroy",
    define: (command) =>
      command
        .argument("<stack>", "environment/name, such as dev/app")
        .description(
          "plan the removal of everything of a stack, show it, and do it once you typed the stack's name; only where the flow says destroyable, of kind dev or ephemeral, and past no gate",
        )
        .option("--yes-destroy <name>", "the stack's name in full, instead of typing it")
        .addHelpText(
          "after",
          example("plangate destroy dev/app", "plangate destroy ephemeral-12/app --yes-destroy ephemeral-12/app"),
        ),
    run: async (context, given) => (await import("./commands/destroy.ts")).destroyCommand(context, given),
  },
  {
    name: "drift",
    define: (command) =>
      command
        .argument("<stack>", "environment/name, such as prod/app")
        .description("whether real objects still are as they were applied; exit 3 when not; changes nothing")
        .addHelpText("after", example("plangate drift prod/app", "plangate drift prod/app --json")),
    run: async (context, given) => (await import("./commands/drift.ts")).driftCommand(context, given),
  },
  {
    name: "affected",
    define: (command) =>
      command
        .argument("<base>", "a branch, tag or commit, such as main")
        .argument("<head>", "another one, such as HEAD")
        .description(
          "the stacks that a change touches, and by which paths: from the newest commit that base and head have in common to head, as `git diff base...head`; what is committed counts, not what is on disk",
        )
        .addHelpText("after", example("plangate affected main HEAD", "plangate affected origin/main HEAD --json")),
    run: async (context, given) => (await import("./commands/affected.ts")).affectedCommand(context, given),
  },
  {
    name: "verify",
    define: (command) =>
      command
        .argument("<stack>", "environment/name, such as test/app")
        .description("prove that what was applied is what is there: an empty plan, and the flow's own commands")
        .addHelpText("after", example("plangate verify test/app")),
    run: async (context, given) => (await import("./commands/verify.ts")).verifyCommand(context, given),
  },
  {
    name: "compare",
    define: (command) =>
      command
        .argument("<a>", "a plan JSON file, or the digest of a stored plan")
        .argument("<b>", "another one")
        .description("whether two plans mean the same, or what differs")
        .addHelpText("after", example("plangate compare before.json after.json")),
    run: async (context, given) => (await import("./commands/compare.ts")).compareCommand(context, given),
  },
  {
    name: "runs",
    define: (command) =>
      command
        .argument("[stack]", "only this stack's runs")
        .description("what was planned and applied, what waits for whom, and how to go on")
        .option("--limit <n>", "at most so many, newest first", "20")
        .addHelpText("after", example("plangate runs", "plangate runs prod/app --json")),
    run: async (context, given) => (await import("./commands/runs.ts")).runsCommand(context, given),
  },
  {
    name: "logs",
    define: (command) =>
      command
        .argument("<run>", "as `plangate runs` lists it")
        .description("what a run's programs said, without secrets")
        .addHelpText("after", example("plangate logs run-0mhx3k2p0a1b2c3d4")),
    run: async (context, given) => (await import("./commands/logs.ts")).logsCommand(context, given),
  },
  {
    name: "open",
    define: (command) =>
      command
        .argument("<file>", "from the artifact plangate-kept-… of a job that applied")
        .description(
          "open what an apply job on GitHub kept closed: what its programs said, what verification found, a state that its backend did not take",
        )
        .requiredOption(
          "--key <file>",
          "the environment's PLANGATE_OPEN_KEY, from the folder that `plangate ci keys` made",
        )
        .option("--digest <digest>", "what plangate told of the file: refused when it is another one")
        .option("--out <file>", "write it there; a state is never printed, and lies beside the file without this")
        .addHelpText(
          "after",
          example(
            "plangate open run-0mhx3k2p0a1b2c3d4.log.age --key ~/keys/test/PLANGATE_OPEN_KEY",
            "plangate open run-0mhx3k2p0a1b2c3d4.tfstate.age --key ~/keys/test/PLANGATE_OPEN_KEY --digest sha256:…",
          ),
        ),
    run: async (context, given) => (await import("./commands/open.ts")).openCommand(context, given),
  },
  {
    name: "unlock",
    define: (command) =>
      command
        .argument("<stack>", "environment/name, such as prod/app")
        .description(
          "who holds a stack's lease and its state lock; ends them only when you type the stack's name in full",
        )
        .option("--lease", "end the lease; an apply that had begun is then interrupted, and never goes on")
        .option("--state-lock <id>", "release the tool's own state lock, which has this id")
        .option("--force <reason>", "though the holder is there, or cannot be seen from here; recorded for good")
        .addHelpText(
          "after",
          example(
            "plangate unlock prod/app",
            "plangate unlock prod/app --lease",
            'plangate unlock prod/app --lease --force "runner i-12 is terminated, ticket 7"',
          ),
        ),
    run: async (context, given) => (await import("./commands/unlock.ts")).unlockCommand(context, given),
  },
  {
    name: "test",
    define: (command) =>
      command
        .argument("<stories...>", "story files")
        .description("run stories: tests of the flow, offline")
        .addHelpText("after", example("plangate test stories/*.yaml")),
    run: async (context, given) => (await import("./commands/test.ts")).testCommand(context, given),
  },
  {
    name: "prove",
    define: (command) =>
      command
        .description("search for a story that breaks what the flow promises; exit 3 when there is one")
        .option("--property <id>", "only this one of P1 to P11")
        .option("--slice <name>", "only the parts of the flow with this in their name")
        .option("--budget <n>", "transitions that may be looked at")
        .option("--save <dir>", "write each hole as a story file that `plangate test` plays")
        .option("--against <ref>", "also tell what is guaranteed otherwise than by the flow of a branch, tag or commit")
        .addHelpText(
          "after",
          example(
            "plangate prove",
            "plangate prove --property P1 --save stories/holes",
            "plangate prove --against main",
          ),
        ),
    run: async (context, given) => (await import("./commands/prove.ts")).proveCommand(context, given),
  },
  {
    name: "ledger",
    define: (command) =>
      command
        .argument("<action>", "list, verify or export")
        .description("the record of everything received, decided and done")
        .option("--file <file>", "verify: an export instead of the store")
        .option("--branch <remote>", "of the record on a remote's branch, as `git fetch` brought it last")
        .option("--head <hash>", "verify: the hash that a witness saw")
        .option("--limit <n>", "list: at most so many, newest last", "50")
        .addHelpText(
          "after",
          example(
            "plangate ledger list",
            "plangate ledger export > ledger.jsonl",
            "plangate ledger verify --file ledger.jsonl --head sha256:…",
            "git fetch origin && plangate ledger verify --branch origin",
          ),
        ),
    run: async (context, given) => (await import("./commands/ledger.ts")).ledgerCommand(context, given),
  },
  {
    name: "demo",
    define: (command) =>
      command
        .description("the whole life of a change on this machine, with the real tool, no account needed")
        .option("--keep", "leave everything for looking at with the other commands")
        .option("--dir <dir>", "work there instead of in a temporary folder")
        .addHelpText("after", example("plangate demo --keep --dir demo", "plangate -C demo runs")),
    run: async (context, given) => (await import("./commands/demo.ts")).demoCommand(context, given),
  },
];
