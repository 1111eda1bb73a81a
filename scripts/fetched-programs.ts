/**
 * Programs of tests that npm does not have: the linters that compiled workflows have to pass, and moto, which plays AWS and
 * has the Python that knows it beside it. Each at one version, in `.tools`, which Git ignores. They are fetched the first time that a test asks for
 * them, through Go or pip.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "./parts.ts";

interface Fetched {
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

const python = "Python 3.10 or newer with pip and venv (on Debian: python3-venv)";
/** All that moto needs, each at one version. */
const motoRequirements = join(root, "test/cloud/s3-server-requirements.txt");

const programs = {
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
    needs: python,
  },
  moto: {
    version: "5.1.22",
    program: "bin/moto_server",
    install: (folder) => [
      { argv: ["python3", "-m", "venv", folder] },
      {
        argv: [join(folder, "bin/pip"), "install", "--quiet", "--no-compile", "--requirement", motoRequirements],
      },
    ],
    needs: python,
  },
} as const satisfies Readonly<Record<string, Fetched>>;

export type ProgramName = keyof typeof programs;

/** The path of a program. Throws with what is missing and how to get it when it cannot be fetched. */
export function fetchedProgram(name: ProgramName): string {
  const { version, program, install, needs } = programs[name];
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
