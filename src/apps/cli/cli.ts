import { statSync } from "node:fs";
import { Command, CommanderError, Option } from "commander";
import type { Diagnostic } from "../../domain/diagnostic.ts";
import { InputError } from "../../domain/errors.ts";
import { inertText } from "../../views/inert.ts";
import { askOnTerminal } from "./ask.ts";
import { commands } from "./commands.ts";
import type { Context, GlobalOptions, Result } from "./context.ts";
import { failed, tell } from "./tell.ts";
import { version } from "./version.ts";

/** Runs one command line; gives the exit code. The only place that writes to stdout. */
export async function runCli(argv: readonly string[]): Promise<number> {
  const program = makeProgram();
  let outcome: { readonly command: string; readonly result: Result } | undefined;
  const abort = new AbortController();
  const stop = () => {
    if (!abort.signal.aborted) process.stderr.write("stopping: what is under way is told to end in good order\n");
    abort.abort();
  };
  for (const signal of stopSignals) process.on(signal, stop);
  // Whoever read along may have left (`| head`, a closed terminal): that must not end an apply in the middle.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  for (const { name, define, run } of commands) {
    const command = program.command(name);
    define(command);
    command.action(async (...given: unknown[]) => {
      const operands = command.processedArgs as readonly unknown[];
      const context = makeContext(program.opts<ProgramOptions>(), abort.signal);
      try {
        mustExist(context.options.directory);
        outcome = { command: name, result: await run(context, { operands, options: command.opts() }) };
      } catch (error) {
        outcome = { command: name, result: failed(error, abort.signal) };
      }
      void given;
    });
  }
  try {
    await program.parseAsync(argv as string[], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    return wrongUse(program, argv, error);
  } finally {
    for (const signal of stopSignals) process.off(signal, stop);
  }
  if (outcome === undefined) return 0;
  tell(outcome.command, outcome.result, readOptions(program.opts<ProgramOptions>()));
  return outcome.result.exitCode;
}

const stopSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

interface ProgramOptions {
  readonly C: string;
  readonly flow: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly color: boolean;
}

function makeProgram(): Command {
  return new Command("plangate")
    .description("Terraform delivery where only the plan that people approved reaches the cloud.")
    .version(version(), "--version")
    .addOption(new Option("-C <dir>", "run as if started there").default("."))
    .addOption(new Option("--flow <file>", "the flow file, from the repository's top").default("plangate.yaml"))
    .option("--json", "print exactly one JSON document on stdout, on failure too")
    .option("--quiet", "no progress on stderr")
    .option("--no-color", "no colours")
    .helpCommand("help [command]", "show help of a command")
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .addHelpText(
      "after",
      "\nExit codes: 0 done, 1 something outside failed, 2 the input is wrong, 3 the domain says no.\nExample:\n  plangate init --preset trunk-stored-plan && plangate plan test/app",
    );
}

function readOptions(options: ProgramOptions): GlobalOptions {
  return {
    directory: options.C,
    flow: options.flow,
    json: options.json === true,
    quiet: options.quiet === true,
    color: options.color && process.stdout.isTTY === true && (process.env.NO_COLOR ?? "") === "",
  };
}

function makeContext(options: ProgramOptions, signal: AbortSignal): Context {
  const read = readOptions(options);
  const progress = read.quiet ? () => undefined : (line: string) => void process.stderr.write(`${inertText(line)}\n`);
  return { options: read, env: process.env, progress, signal, ask: (question) => askOnTerminal(question, signal) };
}

function mustExist(directory: string): void {
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() === true) return;
  const diagnostic = {
    severity: "error",
    code: "folder-missing",
    summary: `The folder ${directory} does not exist.`,
    hint: "-C takes the folder to run in, as git and make do.",
  } as const;
  throw new InputError([diagnostic]);
}

/** Wrong use of the command line is told like any other wrong input: exit 2, and as JSON when that was asked for. */
function wrongUse(program: Command, argv: readonly string[], error: CommanderError): number {
  const name = argv.find((arg) => commands.some((command) => command.name.split(" ")[0] === arg)) ?? "";
  const command = program.commands.find((one) => one.name() === name);
  const summary = error.message.replace(/^error: /, "").replaceAll(/\s*\n\s*/g, " ");
  const diagnostic: Diagnostic = {
    severity: "error",
    code:
      error.code === "commander.help"
        ? "command-missing"
        : error.code.replace(/^commander\./, "").replaceAll(/([A-Z])/g, (letter) => `-${letter.toLowerCase()}`),
    summary:
      error.code === "commander.help"
        ? "No command was given."
        : `${summary.charAt(0).toUpperCase()}${summary.slice(1)}`,
    hint:
      command === undefined
        ? "`plangate --help` lists commands, `plangate COMMAND --help` shows one with an example."
        : `It is \`plangate ${name} ${command.usage()}\`; \`plangate ${name} --help\` shows an example.`,
  };
  const json = argv.includes("--json");
  tell(
    name,
    { exitCode: 2, diagnostics: [diagnostic], fields: {}, text: "" },
    { directory: ".", flow: "", json, quiet: false, color: false },
  );
  return 2;
}
