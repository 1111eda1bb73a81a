import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A repository of a team that is not ours: another layout, spaces in paths, no remote. Its states lie beside it. */
export interface TestRepository {
  readonly top: string;
  /** The folder around it, for whatever a test puts outside. */
  readonly around: string;
  write(files: Readonly<Record<string, string>>): void;
  /** Writes the files and commits everything. */
  commit(files: Readonly<Record<string, string>>): void;
  git(...args: readonly string[]): string;
  /** What the provisioners of the root module did, in order: an effect that no state can take back. */
  effects(): readonly string[];
  /** Lets provisioners that wait go on. */
  letGo(): void;
  /** Waits until provisioners have done so much. */
  untilEffect(effect: string): Promise<void>;
  /** Waits until no process works in the repository any more. */
  untilQuiet(): Promise<void>;
  remove(): void;
}

const people = ["-c", "user.name=Ann", "-c", "user.email=ann@acme.example"];

export function makeRepository(files: Readonly<Record<string, string>>): TestRepository {
  const around = realpathSync(mkdtempSync(join(tmpdir(), "plangate real-")));
  const top = join(around, "our infra");
  mkdirSync(top);
  const git = (...args: readonly string[]) => execFileSync("git", [...people, ...args], { cwd: top, encoding: "utf8" });
  const write = (written: Readonly<Record<string, string>>) => {
    for (const [path, text] of Object.entries(written)) {
      mkdirSync(dirname(join(top, path)), { recursive: true });
      writeFileSync(join(top, path), text);
    }
  };
  const commit = (written: Readonly<Record<string, string>>) => {
    write(written);
    git("add", "--all");
    git("commit", "--quiet", "--message", "Change");
  };
  git("init", "--quiet", "--initial-branch=main");
  git("config", "user.email", "ann@acme.example");
  if (Object.keys(files).length > 0) commit(files);
  const effects = () => {
    const file = join(around, "effects");
    return existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n") : [];
  };
  return {
    top,
    around,
    write,
    commit,
    git,
    effects,
    letGo: () => writeFileSync(join(around, "go"), ""),
    untilEffect: (effect) => until(`the effect ${effect}`, () => effects().includes(effect)),
    untilQuiet: () => until("an end of all processes", () => processesIn(around).length === 0),
    remove: () => rmSync(around, { recursive: true, force: true }),
  };
}

export async function until(what: string, isSo: () => boolean): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end; ) {
    if (isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`waited in vain for ${what}`);
}

/** Processes whose command or folder lies there. */
export function processesIn(folder: string): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        if (/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"))) return false;
        return (
          readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(folder) ||
          realpathSync(`/proc/${pid}/cwd`).startsWith(folder)
        );
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** The flow of that team: dev is applied from anybody's machine, prod is gated. */
export const flowText = `version: 1
branches:
  work: { match: "**", except: [main] }
  main: { accepts: [work] }
environments:
  dev: { appliesFrom: [main] }
  prod: { appliesFrom: [main], approvals: { by: [ann, bob] }, after: [dev] }
stacks:
  - { root: "infra/web shop", name: web, in: [dev, prod], backend: ["path=../../../{environment}-{stack}.tfstate"] }
when:
  - { on: merge, into: main, in: dev, do: [plan, apply, verify] }
  - { on: dispatch, job: Ship, ref: main, in: dev, do: [plan, apply, verify] }
  - { on: merge, into: main, in: prod, do: [plan, gate, apply, verify] }
allow:
  provisioners: [local-exec]
`;

/** A root module with one object. `command` runs in a folder outside while the object is created. */
export function rootModule(about: {
  readonly value?: string;
  readonly command?: readonly [folder: string, command: string];
}): string {
  const { value = "one", command } = about;
  const lines = [
    'terraform {\n  backend "local" {}\n}\n',
    'resource "terraform_data" "this" {',
    `  input            = "${value}"`,
    `  triggers_replace = ["${value}"]`,
  ];
  if (command !== undefined) {
    const [folder, text] = command;
    lines.push('  provisioner "local-exec" {', `    working_dir = ${JSON.stringify(folder)}`);
    lines.push(`    command     = ${JSON.stringify(text)}`, "  }");
  }
  return `${[...lines, "}"].join("\n")}\n`;
}

/** Leaves a trace at once. */
export const quick = "echo applied >> effects";
/** Says that it began, and goes on when the test lets it. */
export const slow =
  "echo began >> effects; for i in $(seq 600); do test -e go && break; sleep 0.05; done; echo applied >> effects";

export const rootFile = "infra/web shop/main.tf";
