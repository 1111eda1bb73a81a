import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { openTerraform, type TerraformOptions } from "../../src/adapters/terraform/index.ts";
import type { Workdir } from "../../src/delivery/ports.ts";
import { type HttpState, startHttpState } from "../../src/testing/http-state.ts";
import { temporaryFolder } from "../../src/testing/programs.ts";

/** A root module in a checkout, and what a test asks of it. */
interface Rooted {
  readonly workdir: Workdir;
  /** What was written to the run log. */
  log(): string;
  /** A file of the root module. */
  path(name: string): string;
}

/** The real Terraform, a folder for each test, and a server that keeps states. */
export interface TerraformStage {
  /** The test's own folder. */
  readonly folder: string;
  readonly state: HttpState;
  open(more?: Partial<TerraformOptions>): ReturnType<typeof openTerraform>;
  /** A checkout with one root module of this text, and other files. */
  rootWith(main: string, more?: RootAbout): Promise<Rooted>;
  /** A backend of its own on the server: where its state lies there, and the block that says so. */
  http(): { readonly path: string; readonly block: string };
}

interface RootAbout extends Partial<Workdir> {
  readonly files?: Readonly<Record<string, string>>;
}

/** Called once at the top of a test file: the server lives as long as its tests. */
export function terraformStage(): TerraformStage {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let state: HttpState;
  let states = 0;
  beforeAll(async () => {
    state = await startHttpState();
  });
  afterAll(() => state.close());
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(() => folder.remove());
  return {
    get folder() {
      return folder.path;
    },
    get state() {
      return state;
    },
    open: (more = {}) =>
      openTerraform({
        program: "terraform",
        env: process.env,
        redactor: (env) => (text) => Object.values(env).reduce((shown, value) => shown.replaceAll(value, "***"), text),
        localStateBase: (root) => join(folder.path, "kept", root),
        lockTimeout: 0,
        ...more,
      }),
    async rootWith(main, { files = {}, root = "stacks/the app", env = {}, signal } = {}) {
      await folder.write(`checkout/${root}/main.tf`, main);
      for (const [path, text] of Object.entries(files)) await folder.write(`checkout/${path}`, text);
      const log: string[] = [];
      const workdir: Workdir = {
        checkout: join(folder.path, "checkout"),
        root,
        env,
        log: { write: (text) => void log.push(text) },
        ...(signal === undefined ? {} : { signal }),
      };
      return { workdir, log: () => log.join(""), path: (name) => join(workdir.checkout, root, name) };
    },
    http() {
      const path = `/s${++states}`;
      const url = state.url + path;
      const settings = ["address", "lock_address", "unlock_address"].map((name) => `    ${name} = "${url}"`).join("\n");
      return { path, block: `terraform {\n  backend "http" {\n${settings}\n    retry_max = 0\n  }\n}\n` };
    },
  };
}

export const local = 'terraform {\n  backend "local" {}\n}\n';
export const data = 'resource "terraform_data" "x" {\n  input = "one"\n}\n';
/** An object that is not made before somebody stops it; its shell says in the file `pid` who it is. */
export const slow =
  'resource "terraform_data" "slow" {\n  provisioner "local-exec" {\n    command = "echo $$ > pid; sleep 30"\n  }\n}\n';
export const plain = { varFiles: [], mode: "normal" } as const;
export const noBackend = { backend: [], reuse: null };
export const nothing = async () => undefined;

export async function appears(file: string): Promise<void> {
  for (let tries = 0; tries < 1000 && !existsSync(file); tries++)
    await new Promise((resolve) => setTimeout(resolve, 10));
}
