/** An artifact of a run of a workflow. Any job of that run may have uploaded it under that name. */
export interface ListedArtifact {
  readonly id: number;
  readonly name: string;
  /** Of the archive, as the forge counts it. */
  readonly bytes: number;
  readonly expired: boolean;
}

/** What runs of workflows left, as the forge keeps it. */
export interface Artifacts {
  /** Of all attempts of a run, newest first; empty when there is no such run. */
  list(run: number): Promise<readonly ListedArtifact[]>;
  /** The archive; `undefined` when it is gone. Fails when more than `most` bytes come. */
  download(id: number, most: number): Promise<Uint8Array | undefined>;
}

/** The files of an artifact, by their paths in it. */
export interface UnpackedArtifact {
  readonly name: string;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** What runs of workflows left, unpacked. */
export interface ArtifactFiles {
  /** Artifacts of a run whose names are wanted, newest first. One that cannot be read whole is told to people and left out. */
  of(run: number, isWanted: (name: string) => boolean): AsyncIterable<UnpackedArtifact>;
}
