import { Command } from "commander";
import { commands } from "../../src/apps/cli/commands.ts";
import { row, table } from "./table.ts";

/** The region of docs/commands.md that tells each command: what `--help` says of it, and its example. */
export function renderCommands(): string {
  return commands.map(commandText).join("\n\n");
}

function commandText({ name, define }: (typeof commands)[number]): string {
  const command = new Command("plangate").command(name);
  define(command);
  const help = command.createHelp();
  const words = [
    ...help.visibleArguments(command).map((argument) => row(`\`${argument.name()}\``, argument.description)),
    ...help
      .visibleOptions(command)
      .filter(({ long }) => long !== "--help")
      .map((option) => row(`\`${option.flags}\``, defaulted(option))),
  ];
  return [
    `### \`plangate ${name}\``,
    sentence(command.description()),
    ...(words.length === 0 ? [] : [table(["given", "means"], words)]),
    `\`\`\`sh\n${exampleOf(command)}\n\`\`\``,
  ].join("\n\n");
}

function defaulted(option: { readonly description: string; readonly defaultValue?: unknown }): string {
  return option.defaultValue === undefined ? option.description : `${option.description} (${option.defaultValue})`;
}

/** The lines behind `Example:` in the command's help. Throws when there are none: every command shows one. */
function exampleOf(command: Command): string {
  const written: string[] = [];
  command.configureOutput({ writeOut: (text) => void written.push(text) }).outputHelp();
  const [, example] = written.join("").split("\nExample:\n");
  if (example === undefined) throw new Error(`${command.name()} --help shows no example`);
  return example
    .trimEnd()
    .split("\n")
    .map((line) => line.trim())
    .join("\n");
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
