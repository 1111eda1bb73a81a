import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const realLinters = process.env.PLANGATE_LINTERS;

/**
 * For tests: programs that print as TFLint 0.64.0 and tfsec 1.26.0 do, for the few things that the tests alter. Building
 * these takes minutes; with `PLANGATE_LINTERS`, a folder that holds the real ones, the same tests are run by them.
 */
export function linterPrograms(dir: string): string {
  if (realLinters !== undefined) return realLinters;
  mkdirSync(dir, { recursive: true });
  for (const [name, text] of Object.entries({ tflint, tfsec })) {
    const program = join(dir, name);
    writeFileSync(program, `#!${process.execPath}\n${shared}\n${text}`);
    chmodSync(program, 0o755);
  }
  return dir;
}

const shared = `
const { existsSync, readFileSync, readdirSync } = require("node:fs");
const { join, resolve } = require("node:path");
const { spawnSync } = require("node:child_process");
const refuse = (why) => { console.error("the stand-in knows no " + why); process.exit(99); };
const end = (text, code) => { process.stdout.write(text); process.exit(code); };
const files = readdirSync(".").filter((name) => /\\.tf(\\.json)?$/.test(name));
const texts = files.map((name) => [name, readFileSync(name, "utf8")]);
const lineOf = (text, index) => text.slice(0, index).split("\\n").length;
const unclosed = texts.find(([name, text]) => name.endsWith(".tf") && text.split("{").length !== text.split("}").length);
`;

const tflint = `
let [config, init, json] = [existsSync(".tflint.hcl") ? ".tflint.hcl" : null, false, false];
for (const word of process.argv.slice(2)) {
  if (word === "--init") init = true;
  else if (word === "--format=json") json = true;
  else if (word.startsWith("--config=")) config = word.slice("--config=".length);
  else if (word !== "--no-color") refuse(word);
}
const settings = config === null ? "" : readFileSync(config, "utf8");
const plugins = [...settings.matchAll(/plugin "([^"]+)" \\{([^}]*)\\}/g)].map(([, name, body]) => ({ name, source: /source/.test(body) }));
if (init) {
  for (const { name, source } of plugins) {
    if (!source) continue;
    console.log('Installing "' + name + '" plugin...');
    console.error("Failed to install a plugin; Failed to fetch GitHub releases: no such host");
    process.exit(1);
  }
  process.exit(0);
}
if (!json) refuse("output but JSON");
const report = (issues, errors, code) => end(JSON.stringify({ issues, errors }), code);
const folder = /plugin_dir\\s*=\\s*"([^"]+)"/.exec(settings)?.[1];
for (const { name } of plugins) {
  const program = folder === undefined ? null : join(folder, "tflint-ruleset-" + name);
  if (program === null || !existsSync(program))
    report([], [{ message: 'Failed to initialize plugins; Plugin "' + name + '" not found in ' + process.env.HOME + "/.tflint.d/plugins", severity: "error" }], 1);
  spawnSync(resolve(program), [], { stdio: "ignore" });
  report([], [{ message: "Failed to initialize plugins; Unrecognized remote plugin message: ", severity: "error" }], 1);
}
if (unclosed !== undefined)
  report([], [{ summary: "Unclosed configuration block", message: "There is no closing brace for this block before the end of the file. This may be caused by incorrect brace nesting elsewhere in this file.", severity: "error", range: { filename: unclosed[0], start: { line: 1, column: 14 }, end: { line: 1, column: 15 } } }], 1);
const off = /rule "terraform_unused_declarations" \\{\\s*enabled = false/.test(settings);
const all = texts.map(([, text]) => text).join("\\n");
const issues = off ? [] : texts.flatMap(([filename, text]) =>
  [...text.matchAll(/variable "(\\w+)"/g)].filter(([, name]) => !all.includes("var." + name)).map((match) => {
    const line = lineOf(text, match.index);
    return { rule: { name: "terraform_unused_declarations", severity: "warning", link: "https://x" }, message: 'variable "' + match[1] + '" is declared but not used', range: { filename, start: { line, column: 1 }, end: { line, column: 2 } }, callers: [], fixable: true, fixed: false };
  }));
report(issues, [], issues.length > 0 && !/force = true/.test(settings) ? 2 : 0);
`;

const tfsec = `
let [json, config, own] = [false, null, null];
for (const word of process.argv.slice(2)) {
  if (word === "--format=json") json = true;
  else if (word.startsWith("--config-file=")) config = word.slice("--config-file=".length);
  else if (word.startsWith("--custom-check-dir=")) own = word.slice("--custom-check-dir=".length);
  else if (!["--no-color", "--no-module-downloads", "."].includes(word)) refuse(word);
}
if (!json) refuse("output but JSON");
const readable = (text) => { try { return JSON.parse(text); } catch { return {}; } };
const { exclude = [], soft_fail: soft } = config === null ? {} : readable(readFileSync(config, "utf8"));
if (unclosed !== undefined)
  end("Error: scan failed: " + join(process.cwd(), unclosed[0]).slice(1) + ":1,14-15: Unclosed configuration block; There is no closing brace.\\n", 1);
const id = "aws-sns-enable-topic-encryption";
const found = exclude.includes(id) ? [] : texts.flatMap(([name, text]) =>
  [...text.matchAll(/resource "aws_sns_topic"/g)].map((match) => {
    const line = lineOf(text, match.index);
    const ignored = /#tfsec:ignore/.test(text);
    return ignored ? null : { rule_id: "AVD-AWS-0095", long_id: id, description: "Topic does not have encryption enabled.", severity: "HIGH", warning: false, status: 0, resource: "aws_sns_topic.a", location: { filename: join(process.cwd(), name), start_line: line, end_line: line + 1 } };
  }).filter((one) => one !== null));
end(JSON.stringify({ results: found.length === 0 ? null : found }, null, "\\t") + "\\n", found.length > 0 ? 1 : 0);
`;
