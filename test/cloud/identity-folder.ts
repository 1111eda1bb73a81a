import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fetchedProviders } from "../../scripts/fetched-providers.ts";

/** For tests: the tool in a folder with `identity/` of a flow, as whoever makes the identities starts it. */

/** Where the tool has its providers from, or why a test that needs one is left out. */
export const providers = fetchedProviders();

/** For the name of a test that is left out without a provider. */
export const whyLeftOut = "missing" in providers ? ` (left out: ${providers.missing})` : "";

/** Files by name, each as a value of JSON; `values` are given to variables. In lines, as the tool shows that of what it refuses. */
export function writeIdentity(folder: string, files: Readonly<Record<string, unknown>>, values: unknown): void {
  mkdirSync(folder, { recursive: true });
  for (const [path, content] of Object.entries({ ...files, "values.auto.tfvars.json": values }))
    writeFileSync(join(folder, path), JSON.stringify(content, null, 2));
  const installation =
    "missing" in providers
      ? ""
      : `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(providers.folder)}\n  }\n}\n`;
  writeFileSync(join(folder, "cli.rc"), `disable_checkpoint = true\n${installation}`);
}

/** A profile for each account, called `a` and its number, with a key that says which account it is of. */
export function writeProfiles(folder: string, accounts: readonly string[]): void {
  const profiles = accounts.map(
    (id) => `[profile a${id}]\naws_access_key_id = AKIA0000${id}\naws_secret_access_key = x\nregion = eu-west-1\n`,
  );
  writeFileSync(join(folder, "aws.config"), profiles.join("\n"));
}

/** What the tool said; begins with `exit CODE` where it ended otherwise than well. */
export function terraform(
  folder: string,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  return new Promise((done) => {
    const child = spawn("terraform", argv, {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        TF_CLI_CONFIG_FILE: join(folder, "cli.rc"),
        TF_IN_AUTOMATION: "1",
        TF_INPUT: "0",
        ...env,
      },
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (part: Buffer) => (said += part.toString()));
    child.on("close", (code) => done(code === 0 ? said : `exit ${code}: ${said}`));
  });
}
