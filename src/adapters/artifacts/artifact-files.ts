import type { ArtifactFiles, Artifacts, ListedArtifact } from "../../delivery/ports/artifacts.ts";
import { DeliveryError } from "../../domain/errors.ts";
import { readArchive, UnreadableArchive } from "./read-archive.ts";

export interface ArtifactLimits {
  /** Artifacts of one run that are looked at. */
  readonly artifacts: number;
  /** Of an archive, packed and unpacked. */
  readonly bytes: number;
  readonly files: number;
}

const usual: ArtifactLimits = { artifacts: 1_000, bytes: 512 * 1024 * 1024, files: 100_000 };

/** `tell` hears why an artifact is left out. */
export function openArtifactFiles(
  artifacts: Artifacts,
  about: { readonly tell: (line: string) => void; readonly limits?: ArtifactLimits },
): ArtifactFiles {
  const limits = about.limits ?? usual;
  return {
    of: async function* (run, isWanted) {
      const listed = (await artifacts.list(run)).filter(({ name }) => isWanted(name));
      for (const artifact of listed.slice(0, limits.artifacts)) {
        try {
          yield { name: artifact.name, files: await unpacked(artifacts, artifact, limits) };
        } catch (error) {
          if (!(error instanceof UnreadableArchive)) throw error;
          about.tell(`artifact ${JSON.stringify(artifact.name)} of run ${run} is left out: ${error.message}`);
        }
      }
      if (listed.length > limits.artifacts)
        about.tell(`run ${run} has more than ${limits.artifacts} such artifacts; the oldest are left out`);
    },
  };
}

async function unpacked(
  artifacts: Artifacts,
  { id, bytes, expired }: ListedArtifact,
  limits: ArtifactLimits,
): Promise<ReadonlyMap<string, Uint8Array>> {
  if (expired) throw new UnreadableArchive("it has expired");
  if (bytes > limits.bytes) throw tooLarge(limits.bytes);
  const archive = await downloaded(artifacts, id, limits.bytes);
  if (archive === undefined) throw new UnreadableArchive("it is gone");
  return readArchive(archive, limits);
}

async function downloaded(artifacts: Artifacts, id: number, most: number): Promise<Uint8Array | undefined> {
  try {
    const archive = await artifacts.download(id, most);
    if (archive !== undefined && archive.byteLength > most) throw tooLarge(most);
    return archive;
  } catch (error) {
    if (error instanceof DeliveryError && error.code === "artifact-too-large") throw tooLarge(most);
    throw error;
  }
}

function tooLarge(most: number): UnreadableArchive {
  return new UnreadableArchive(`it has more than ${Math.round(most / (1024 * 1024))} MiB`);
}
