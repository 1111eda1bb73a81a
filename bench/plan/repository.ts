import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { shortFlow } from "../../src/flow/index.ts";
import type { Program } from "../measure.ts";

/** One stack, twice: in a repository that plangate plans, and as a bare folder for the tool alone. */
export interface PlannedStack {
  /** The whole command. `cold` has nothing of an earlier run; else the run before it left what it leaves. */
  ours(main: string, about: { readonly cold: boolean }): Program;
  /** What a script does without us, each step its own process: init, validate, plan into a file, show it as JSON. */
  bare(about: { readonly cold: boolean }): Program;
}

/** `files` are those of the root module; `mirror` is where the tool takes its providers from, when it wants any. */
export function makeStack(
  folder: string,
  files: Readonly<Record<string, string>>,
  mirror: string | undefined,
): PlannedStack {
  const repository = join(folder, "repository");
  const bare = join(folder, "bare");
  const home = join(repository, ".plangate");
  const root = join(repository, "stacks/app");
  const config = join(folder, "terraform.rc");
  mkdirSync(root, { recursive: true });
  const installation = mirror === undefined ? "direct {}" : `filesystem_mirror { path = ${JSON.stringify(mirror)} }`;
  writeFileSync(config, `disable_checkpoint = true\nprovider_installation {\n  ${installation}\n}\n`);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
  writeFileSync(join(repository, "plangate.yaml"), shortFlow.replace("key=", "path="));

  const tool = { TF_CLI_CONFIG_FILE: config, TF_IN_AUTOMATION: "1", CHECKPOINT_DISABLE: "1" };
  // Pins the providers, as a repository has them pinned.
  execFileSync("terraform", ["init", "-input=false"], { cwd: root, env: { ...process.env, ...tool }, stdio: "pipe" });
  rmSync(join(root, ".terraform"), { recursive: true });
  cpSync(root, bare, { recursive: true });
  const git = (...args: readonly string[]) => execFileSync("git", args, { cwd: repository, stdio: "pipe" });
  git("init", "--quiet", "--initial-branch=main");
  git("config", "user.name", "bench");
  git("config", "user.email", "bench@example.org");
  git("add", ".");
  git("commit", "--quiet", "--message", "A stack to plan");

  const forget = (path: string) => rmSync(path, { recursive: true, force: true });
  return {
    ours: (main, { cold }) => ({
      argv: [process.execPath, main, "plan", "test/app"],
      cwd: repository,
      ...(mirror === undefined ? {} : { env: { PLANGATE_PROVIDER_MIRROR: mirror } }),
      ...(cold ? { before: () => forget(home) } : {}),
    }),
    bare: ({ cold }) => ({
      argv: ["bash", "-c", bareSteps],
      cwd: bare,
      env: tool,
      before: () => {
        forget(join(bare, "plan.tfplan"));
        if (cold) forget(join(bare, ".terraform"));
      },
    }),
  };
}

const bareSteps = `set -e
terraform init -input=false -no-color
terraform validate -no-color
terraform plan -input=false -no-color -out=plan.tfplan
terraform show -no-color -json plan.tfplan`;
