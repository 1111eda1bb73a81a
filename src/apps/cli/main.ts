#!/usr/bin/env node
import { enableCompileCache } from "node:module";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(`plangate needs Node.js 22.18 or newer; this is ${process.versions.node}.\n`);
  process.exit(2);
}
enableCompileCache?.();
const { runCli } = await import("./cli.ts");
process.exitCode = await runCli(process.argv.slice(2));
