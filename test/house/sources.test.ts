import { describe, expect, it } from "vitest";
import { checkSource } from "../../scripts/check-sources.ts";

/** `line: severity` of each finding, in order. */
function findings(file: string, text: string): readonly string[] {
  return checkSource(file, text).map(({ line, severity }) => `${line}: ${severity}`);
}

describe("the source check", () => {
  it.each([
    "const now = Date.now();",
    "const now = new Date();",
    "const now = new Date;",
    "const now = Date();",
    "const now = performance.now();",
    "const chance = Math.random();",
    "const id = crypto.randomUUID();",
    "const id = globalThis.crypto.randomUUID();",
    "const home = process.env.HOME;",
    "const home = globalThis.process.env.HOME;",
    "const { env } = process;",
    "read(process);",
    "await fetch(url);",
    "await globalThis.fetch(url);",
    "const get = fetch;",
  ])("finds `%s` in a pure room", (text) => {
    expect(findings("src/engine/decide.ts", `// first line\n${text}\n`)).toEqual(["2: error"]);
  });

  it.each([
    "const then = new Date(text);",
    "const now = clock.now();",
    "const page = pages.fetch(url);",
    "/** Ends the process. Never call fetch() or Date.now() here. */",
    'const text = "process.env and Math.random()";',
    "const run = { process: 1 };",
  ])("lets `%s` stand", (text) => {
    expect(findings("src/engine/decide.ts", text)).toEqual([]);
  });

  it.each([
    "src/adapters/git/git.ts",
    "src/apps/cli/main.ts",
    "src/worlds/real/world.ts",
    "src/testing/clock.ts",
    "src/engine/decide.test.ts",
    "scripts/build.ts",
  ])("lets %s reach the outside", (file) => {
    expect(findings(file, "process.exit(Date.now() * Math.random());")).toEqual([]);
  });

  it("finds words of one machine in any file", () => {
    const machine = ["", "work", "main"].join("/");
    const registry = ["registry", "npmjs", "org"].join(".");
    expect(findings("docs/x.md", `fine\nsee ${machine}\nfrom ${registry}\n`)).toEqual(["2: error", "3: error"]);
    expect(findings("docs/x.md", "registry.terraform.io/hashicorp/aws works/for/us\n")).toEqual([]);
  });

  it("finds a lock file that names the place packages came from", () => {
    expect(findings("package-lock.json", '{ "resolved": "x" }')).toEqual(["1: error"]);
  });

  it("warns of a long file", () => {
    expect(findings("src/domain/long.ts", "\n".repeat(401))).toEqual(["401: warning"]);
    expect(findings("src/domain/long.ts", "\n".repeat(400))).toEqual([]);
  });
});
