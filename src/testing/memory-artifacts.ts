import type { Artifacts } from "../delivery/ports/artifacts.ts";
import { writeZip } from "./plan-file.ts";

/** What runs uploaded, in memory. */
export interface MemoryArtifacts extends Artifacts {
  /** Keeps files as an artifact of a run, or an archive as somebody made it. */
  upload(run: number, name: string, content: Readonly<Record<string, Uint8Array | string>> | Uint8Array): number;
  expire(id: number): void;
  /** Leaves the artifact in the list, and nothing of its archive. */
  lose(id: number): void;
  readonly counts: { lists: number; downloads: number };
}

export function memoryArtifacts(): MemoryArtifacts {
  const kept: { run: number; id: number; name: string; archive: Uint8Array | undefined; expired: boolean }[] = [];
  const counts = { lists: 0, downloads: 0 };
  const change = (id: number, to: Partial<(typeof kept)[number]>) => {
    const index = kept.findIndex((one) => one.id === id);
    kept[index] = { ...(kept[index] as (typeof kept)[number]), ...to };
  };
  return {
    counts,
    upload(run, name, content) {
      const archive =
        content instanceof Uint8Array
          ? content
          : writeZip(Object.entries(content).map(([file, text]) => ({ name: file, content: text })));
      const id = kept.length + 1;
      kept.push({ run, id, name, archive, expired: false });
      return id;
    },
    expire: (id) => change(id, { expired: true }),
    lose: (id) => change(id, { archive: undefined }),
    list: async (run) => {
      counts.lists++;
      return kept
        .filter((one) => one.run === run)
        .map(({ id, name, archive, expired }) => ({ id, name, expired, bytes: archive?.byteLength ?? 0 }))
        .reverse();
    },
    download: async (id) => {
      counts.downloads++;
      return kept.find((one) => one.id === id)?.archive;
    },
  };
}
