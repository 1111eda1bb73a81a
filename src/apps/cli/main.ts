#!/usr/bin/env node
import module from "node:module";
import { isAbsolute, join } from "node:path";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(`plangate needs Node.js 22.18 or newer; this is ${process.versions.node}.\n`);
  process.exit(2);
}
// Node's own default is among everybody's temporary files, and what is in the cache is run.
const { XDG_CACHE_HOME, HOME, LOCALAPPDATA } = process.env;
const ownCache = [XDG_CACHE_HOME, HOME && join(HOME, ".cache"), LOCALAPPDATA].find((path) => path && isAbsolute(path));
if (ownCache !== undefined) module.enableCompileCache(join(ownCache, "plangate", "code"));
const { runCli } = await import("./cli.ts");
process.exitCode = await runCli(process.argv.slice(2));
