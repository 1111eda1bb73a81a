import { readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { describeRepository, findWorktree, readUserEmail } from "../../../adapters/git/index.ts";
import { hasErrors } from "../../../domain/diagnostic.ts";
import { DeliveryError, InputError } from "../../../domain/errors.ts";
import { type Found, planInit, proposePreset } from "../../../flow/index.ts";
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
  const notes = planned.notes.map((note) => `- ${note}`);
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

async function look(context: Context): Promise<{ top: string; found: Found }> {
  const env = context.env as NodeJS.ProcessEnv;
  const worktree = await findWorktree(directoryOf(context.options), env);
  const { paths, branches, defaultBranch, remote } = await describeRepository(worktree, env);
  const configuration: Record<string, string> = {};
  for (const path of paths.filter((candidate) => /\.(?:tf|tofu)(?:\.json)?$/.test(candidate))) {
    configuration[path] = await readFile(join(worktree.top, path), "utf8").catch(() => "");
  }
  return {
    top: worktree.top,
    found: {
      paths,
      configuration,
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
