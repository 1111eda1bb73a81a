/**
 * Finds in the sources what imports cannot show: ways around the ports (the clock, randomness, the process, the
 * network) in rooms that must not have them, and words that belong to one machine and not to the project.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { root } from "./parts.ts";

/** What one file was found to hold. `warning`: worth a look, does not fail the check. */
export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly severity: "error" | "warning";
  readonly message: string;
}

const longFile = 400;

/** Files that may reach the outside: rooms made for it, and tests. */
const mayReachOutside = /^src\/(adapters|apps|worlds\/(real|github)|testing)\/|\.test\.ts$/;

/** Member reads and calls that stand for an argument or a port, with what to do instead. */
const membersKept: ReadonlyMap<string, string> = new Map([
  ["Date.now", "take the time as an argument, or a Clock"],
  ["performance.now", "take the time as an argument, or a Clock"],
  ["Math.random", "take the id or the random number as an argument"],
  ["crypto.randomUUID", "take the id as an argument"],
  ["crypto.getRandomValues", "take the random bytes as an argument"],
]);

/** Globals that are not to be touched, nor handed on under another name. */
const wholesKept: ReadonlyMap<string, string> = new Map([
  ["process", "process: only adapters and apps read it; take the value as an argument"],
  ["fetch", "fetch: the network belongs in adapters/, behind a port of delivery/ports.ts"],
]);

/** Words that tie the tree to one machine or one mirror. Written so that this file does not hold them itself. */
const wordsKept: readonly { readonly pattern: RegExp; readonly message: string }[] = [
  { pattern: /\/work\//, message: "a path of one machine; use a relative path or a temporary folder" },
  {
    pattern: /\bregistry\.(npmjs|yarnpkg)\b|\bpypi\.org\b|\bproxy\.golang\b/,
    message: "the host of a package registry; leave it to the user's settings",
  },
];

/** Checks one file by its path below the tree and its text. */
export function checkSource(file: string, text: string): readonly Finding[] {
  const findings = checkWords(file, text);
  if (file === "package-lock.json" && text.includes('"resolved":')) {
    findings.push({
      file,
      line: 1,
      severity: "error",
      message: '"resolved" names a registry; run npm install with --omit-lockfile-registry-resolved',
    });
  }
  if (!/^src\/.*\.ts$/.test(file)) return findings;

  if (!mayReachOutside.test(file)) findings.push(...checkReach(file, text));
  const lines = text.split("\n").length - 1;
  if (lines > longFile) {
    findings.push({
      file,
      line: lines,
      severity: "warning",
      message: `${lines} lines; look for the second idea in the file and name it`,
    });
  }
  return findings;
}

function checkWords(file: string, text: string): Finding[] {
  const findings: Finding[] = [];
  for (const { pattern, message } of wordsKept) {
    if (!pattern.test(text)) continue;
    for (const [index, line] of text.split("\n").entries()) {
      const word = pattern.exec(line)?.[0];
      if (word !== undefined)
        findings.push({ file, line: index + 1, severity: "error", message: `"${word}": ${message}` });
    }
  }
  return findings;
}

/** Walks the syntax tree, so that comments, texts and other things' members of the same name do not count. */
function checkReach(file: string, text: string): Finding[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, false);
  const findings: Finding[] = [];
  const report = (node: ts.Node, message: string) => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
    findings.push({ file, line: line + 1, severity: "error", message });
  };
  const visit = (node: ts.Node): void => {
    const reach = reachOf(node);
    if (reach !== undefined) report(node, reach);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return findings;
}

function reachOf(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node)) {
    const object = nameOfGlobal(node.expression);
    const member = `${object}.${node.name.text}`;
    const instead = membersKept.get(member);
    if (instead !== undefined) return `${member} in a room without a clock or chance: ${instead}`;
    if (object === "process") return wholesKept.get("process");
  }
  if (
    (ts.isNewExpression(node) || ts.isCallExpression(node)) &&
    nameOfGlobal(node.expression) === "Date" &&
    !node.arguments?.length
  ) {
    return "the present time in a room without a clock: take it as an argument, or a Clock";
  }
  if (ts.isCallExpression(node) && nameOfGlobal(node.expression) === "fetch") return wholesKept.get("fetch");
  const handedOn = ts.isVariableDeclaration(node)
    ? [node.initializer]
    : ts.isCallExpression(node)
      ? node.arguments
      : [];
  return handedOn
    .map((value) => value && wholesKept.get(nameOfGlobal(value) ?? ""))
    .find((message) => message !== undefined);
}

/** The name of `name` and of `globalThis.name`; undefined for anything else. */
function nameOfGlobal(node: ts.Expression): string | undefined {
  if (ts.isIdentifier(node)) return node.text;
  const global =
    ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === "globalThis";
  return global ? node.name.text : undefined;
}

/** Every file of the repository that Git does not ignore and that is text. */
function readTree(): { file: string; text: string }[] {
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
  });
  return listed
    .split("\0")
    .filter((file) => file !== "" && statSync(join(root, file), { throwIfNoEntry: false })?.isFile() === true)
    .map((file) => ({ file, text: readFileSync(join(root, file), "utf8") }))
    .filter(({ text }) => !text.includes("\0"));
}

if (import.meta.main) {
  const tree = readTree();
  const findings = tree.flatMap(({ file, text }) => checkSource(file, text));
  for (const { file, line, severity, message } of findings) console.error(`${file}:${line} ${severity} ${message}`);

  const sources = tree.filter(({ file }) => /^src\/.*\.ts$/.test(file)).length;
  if (sources === 0) console.error("no file under src/ was looked at: run it where Git lists the sources");
  const errors = findings.filter(({ severity }) => severity === "error").length;
  console.log(`sources: ${tree.length} files looked at, ${sources} of them under src/, ${errors} errors`);
  process.exitCode = errors === 0 && sources > 0 ? 0 : 1;
}
