import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** `.plangate` at the top of the repository: store, bundles, keys and logs; it keeps itself out of Git. */
export async function prepareHome(top: string): Promise<string> {
  const home = join(top, ".plangate");
  await mkdir(home, { recursive: true, mode: 0o700 });
  await writeFile(join(home, ".gitignore"), "*\n", { flag: "wx" }).catch((error: unknown) => {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  });
  return home;
}
