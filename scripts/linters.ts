/**
 * The linters that compiled workflows have to pass, each at one version, in `.tools`, which Git ignores. They are
 * fetched the first time that a test asks for them: zizmor through pip, actionlint through Go, since npm has neither as
 * it is today.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "./parts.ts";

interface Linter {
  readonly version: string;
  /** Below its folder. */
  readonly program: string;
  /** Each a program with its arguments; the folder is there and empty. */
  readonly install: (folder: string, version: string) => readonly Command[];
  readonly needs: string;
}

interface Command {
  readonly argv: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
}

const linters = {
  actionlint: {
    version: "1.7.12",
    program: "actionlint",
    install: (folder, version) => [
      {
        argv: ["go", "install", `github.com/rhysd/actionlint/cmd/actionlint@v${version}`],
        env: { GOBIN: folder, GOFLAGS: "-mod=mod" },
      },
    ],
    needs: "Go 1.21 or newer",
  },
  zizmor: {
    version: "1.32.0",
    program: "bin/zizmor",
    install: (folder, version) => [
      { argv: ["python3", "-m", "venv", folder] },
      { argv: [join(folder, "bin/pip"), "install", "--quiet", `zizmor==${version}`] },
    ],
    needs: "Python 3.10 or newer with pip and venv (on Debian: python3-venv)",
  },
} as const satisfies Readonly<Record<string, Linter>>;

export type LinterName = keyof typeof linters;

/** The path of a linter's program. Throws with what is missing and how to get it when it cannot be fetched. */
export function linterProgram(name: LinterName): string {
  const { version, program, install, needs } = linters[name];
  const folder = join(root, ".tools", `${name}-${version}`);
  const path = join(folder, program);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  try {
    for (const command of install(folder, version)) run(command);
    if (!existsSync(path)) throw new Error(`nothing was installed at ${path}`);
    return path;
  } catch (cause) {
    // What is half there would be taken for whole the next time.
    rmSync(folder, { recursive: true, force: true });
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `${name} ${version} could not be fetched. It needs ${needs}, or the program itself at ${path}.\n${why}`,
      {
        cause,
      },
    );
  }
}

function run({ argv: [program, ...args], env = {} }: Command): void {
  execFileSync(program, args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "pipe"],
    timeout: 600_000,
  });
}
