import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A folder of a test's own, with a space in its name, since paths have those. Removed by `remove`. */
export async function temporaryFolder(): Promise<{
  readonly path: string;
  write(name: string, content: string | Uint8Array): Promise<string>;
  /** A program for a shell to run: for failures that the real program cannot be made to show. */
  program(name: string, script: string): Promise<string>;
  remove(): Promise<void>;
}> {
  const path = await mkdtemp(join(tmpdir(), "plangate test-"));
  const write = async (name: string, content: string | Uint8Array) => {
    const file = join(path, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    return file;
  };
  return {
    path,
    write,
    async program(name, script) {
      const file = await write(name, `#!/bin/sh\n${script}\n`);
      await chmod(file, 0o755);
      return file;
    },
    remove: () => rm(path, { recursive: true, force: true }),
  };
}
