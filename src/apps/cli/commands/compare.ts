import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { openBundleFolder } from "../../../adapters/bundles/index.ts";
import { findWorktree } from "../../../adapters/git/index.ts";
import { ensureKeys, presentKeys, secretKey } from "../../../adapters/keys/index.ts";
import { parseDigest } from "../../../domain/digest.ts";
import { InputError } from "../../../domain/errors.ts";
import { comparePlans } from "../../../domain/plan-difference.ts";
import { type PlanJson, parsePlanJson } from "../../../domain/plan-json.ts";
import { renderComparison } from "../../../views/compare.ts";
import { type Context, directoryOf, type Given, type Result } from "../context.ts";
import { prepareHome } from "../home.ts";
import type { Fields } from "../schema.ts";

/** Outside a repository two files can be compared all the same; secrets are then digested under a key of this comparison alone. */
export async function compareCommand(context: Context, { operands }: Given): Promise<Result> {
  const names = [String(operands[0]), String(operands[1])] as const;
  const home = await homeOf(context);
  const [left, right] = [await readPlanNamed(context, names[0], home), await readPlanNamed(context, names[1], home)];
  const key = home === undefined ? crypto.getRandomValues(new Uint8Array(32)) : await secretKey(join(home, "keys"));
  const comparison = comparePlans(left, right, { key });
  const { same, meaning, differences, more } = comparison;
  return {
    exitCode: same ? 0 : 3,
    fields: { same, meaning, differences, more } satisfies Fields<"compare">,
    text: renderComparison(comparison, names),
  };
}

async function homeOf(context: Context): Promise<string | undefined> {
  const worktree = await findWorktree(directoryOf(context.options), context.env as NodeJS.ProcessEnv).catch(
    () => undefined,
  );
  if (worktree === undefined) return undefined;
  const home = await prepareHome(worktree.mainTop);
  await ensureKeys(join(home, "keys"));
  return home;
}

async function readPlanNamed(context: Context, name: string, home: string | undefined): Promise<PlanJson> {
  const digest = parseDigest(name);
  const bytes = digest === undefined ? await readPlanFileNamed(context, name) : await readStored(home, digest);
  const parsed = parsePlanJson(bytes);
  if (parsed.value === undefined)
    throw new InputError(parsed.diagnostics.map((diagnostic) => ({ ...diagnostic, file: name })));
  return parsed.value;
}

function readPlanFileNamed(context: Context, name: string): Promise<Uint8Array> {
  return readFile(resolve(directoryOf(context.options), name)).catch((error: unknown) => {
    const why =
      error instanceof Error && "code" in error && error.code === "ENOENT" ? "does not exist" : "cannot be read";
    throw new InputError([
      {
        severity: "error",
        code: "file-unreadable",
        summary: `The file ${name} ${why}.`,
        hint: "Give a plan as `terraform show -json PLAN` writes it, or the digest of a stored plan.",
        file: name,
      },
    ]);
  });
}

async function readStored(
  home: string | undefined,
  digest: NonNullable<ReturnType<typeof parseDigest>>,
): Promise<Uint8Array> {
  const sealed =
    home === undefined ? undefined : await openBundleFolder(join(home, "bundles")).part(digest, "plan.json");
  if (home === undefined || sealed === undefined)
    throw new InputError([
      {
        severity: "error",
        code: "unknown-plan",
        summary: `No plan ${digest} is stored here.`,
        hint: "`plangate runs` lists the plans that are stored.",
      },
    ]);
  return (await presentKeys(join(home, "keys"))).opener.open(sealed);
}
