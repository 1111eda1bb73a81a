import { readFile, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { describeRepository, findWorktree, readUserEmail } from "../../../adapters/git/index.ts";
import { hasErrors } from "../../../domain/diagnostic.ts";
import { DeliveryError, InputError } from "../../../domain/errors.ts";
import { type Found, planInit, proposePreset, rememberedBackend } from "../../../flow/index.ts";
import { inertLine } from "../../../views/inert.ts";
import { isPersonThere } from "../ask.ts";
import { type Context, directoryOf, type Given, type Result } from "../context.ts";
import { flowFileIsThere } from "../flow-file.ts";
import type { Fields } from "../schema.ts";
import { shownPath } from "../shown-path.ts";
import { askWishes, readWishes, wishedFor } from "./init-wishes.ts";

/** Looks at the repository and writes the flow file: full, commented, and never over one that is there. */
export async function initCommand(context: Context, { options }: Given): Promise<Result> {
  const said = readWishes(options);
  const found = await look(context);
  // Never through a link: what it leads to may be anybody's. Looked at before anybody is asked anything.
  if (flowFileIsThere(found.top, context.options.flow) && options.force !== true) throw alreadyThere(context);
  const wishes = isPersonThere() && !context.options.json ? await askWishes(context, found.found, said) : said;
  const preset = wishes.preset ?? proposePreset(found.found);
  const planned = planInit(wishedFor(found.found, wishes), preset, context.options.flow);
  const file = join(found.top, context.options.flow);
  await writeFile(file, planned.text, { flag: options.force === true ? "w" : "wx" }).catch((error: unknown) => {
    if (!(error instanceof Error && "code" in error)) throw error;
    if (error.code === "ENOENT")
      throw new InputError([
        {
          severity: "error",
          code: "folder-missing",
          summary: `The folder that ${context.options.flow} is to be in does not exist.`,
          hint: "Make it first, or name another file with --flow.",
          file: context.options.flow,
        },
      ]);
    if (error.code !== "EEXIST")
      throw new DeliveryError({
        code: "not-written",
        message: `writing ${file}: ${error.message}`,
        reaction: "stop",
        hint: "Name a file that you may write to with --flow.",
        cause: error,
      });
    throw alreadyThere(context);
  });
  const shown = shownPath(context, file);
  const notes = planned.notes.map((note) => `- ${inertLine(note)}`);
  const diagnostics = [...new Map(planned.diagnostics.map((each) => [JSON.stringify(each), each])).values()];
  const next = hasErrors(diagnostics)
    ? "Next: add what is missing, as said above, until `plangate check` has nothing to say."
    : "Next: read it, run `plangate check`, commit it, and try `plangate plan STACK`.";
  return {
    // It was written: what it still lacks is told here, and refused by check.
    exitCode: 0,
    diagnostics,
    fields: { file: shown, preset, notes: planned.notes } satisfies Fields<"init">,
    text: [`Wrote ${shown} (preset ${preset}).`, ...notes, next].join("\n"),
  };
}

function alreadyThere({ options: { flow: file } }: Context): InputError {
  return new InputError([
    {
      severity: "error",
      code: "flow-exists",
      summary: `${file} is there already.`,
      hint: "Change it by hand, with `plangate check` at your side, or replace it with --force.",
      file,
    },
  ]);
}

/** Workflows, scripts, what builds, and documents that tell people what to type. */
const mayHoldCommands =
  /\.(?:ya?ml|json|toml|sh|bash|zsh|fish|ps1|bat|cmd|mk|py|rb|js|mjs|ts|go|groovy|md|txt|envrc)$|(?:^|\/)(?:Makefile|GNUmakefile|Justfile|justfile|Jenkinsfile|Dockerfile|Rakefile|\.envrc)$/;

/** Nobody writes commands in more. */
const largestText = 1_000_000;

/** What cannot be read says nothing. */
async function textOf(path: string): Promise<string> {
  const size = await stat(path).then(
    (found) => (found.isFile() ? found.size : 0),
    () => 0,
  );
  return size === 0 || size > largestText ? "" : readFile(path, "utf8").catch(() => "");
}

async function look(context: Context): Promise<{ top: string; found: Found }> {
  const env = context.env as NodeJS.ProcessEnv;
  const worktree = await findWorktree(directoryOf(context.options), env);
  const { paths, branches, defaultBranch, remote } = await describeRepository(worktree, env);
  const texts = async (isOne: (path: string) => boolean): Promise<Record<string, string>> => {
    const read: Record<string, string> = {};
    for (const path of paths.filter(isOne)) read[path] = await textOf(join(worktree.top, path));
    return read;
  };
  const configuration = await texts((path) => /\.(?:tf|tofu)(?:\.json)?$/.test(path));
  const remembered: Record<string, string> = {};
  for (const folder of new Set(Object.keys(configuration).map((path) => dirname(path)))) {
    const text = await textOf(join(worktree.top, folder, rememberedBackend));
    if (text !== "") remembered[folder] = text;
  }
  return {
    top: worktree.top,
    found: {
      paths,
      configuration,
      remembered,
      backendFiles: await texts((path) => /\.(?:hcl|tfbackend)$/.test(path)),
      commands: await texts((path) => mayHoldCommands.test(path)),
      branches,
      defaultBranch,
      login: null,
      owners: [],
      environments: [],
      email: await readUserEmail(worktree, env),
      remote,
      folder: basename(worktree.top),
      tool: context.env.PLANGATE_TOOL?.endsWith("tofu") ? "opentofu" : "terraform",
    },
  };
}
