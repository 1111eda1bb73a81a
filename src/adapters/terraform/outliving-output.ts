import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DeliveryError } from "../../domain/errors.ts";

/** Somewhere a process can write that does not break when we are gone, and that we read as it is written. */
export interface OutlivingOutput {
  /** For the process's standard output or error. */
  readonly fd: number;
  /** Gives what was written since; call it once more after the process ended. */
  drain(take: (chunk: Buffer) => void): Promise<void>;
  close(): Promise<void>;
}

/**
 * A file without a name: a pipe whose reader was killed ends its writer too, in the middle of an apply and with the
 * state unwritten. It is for nobody's eyes, since nothing in it is redacted yet, and is gone with its last user.
 */
export async function openOutlivingOutput(): Promise<OutlivingOutput> {
  const file = await openNameless().catch((cause: NodeJS.ErrnoException) => {
    throw new DeliveryError({
      code: cause.code === "ENOSPC" ? "disk-full" : "process-not-started",
      message: `making a file for output in ${tmpdir()}: ${cause.code ?? cause.message}`,
      reaction: "stop",
      cause,
    });
  });
  const buffer = Buffer.alloc(64 * 1024);
  let position = 0;
  return {
    fd: file.fd,
    async drain(take) {
      for (;;) {
        const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
        if (bytesRead === 0) return;
        position += bytesRead;
        take(Buffer.from(buffer.subarray(0, bytesRead)));
      }
    },
    close: () => file.close(),
  };
}

async function openNameless(): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), "plangate-output-"));
  try {
    return await open(join(folder, "output"), "ax+", 0o600);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
