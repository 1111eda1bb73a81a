import * as z from "zod";
import type { Artifacts } from "../../delivery/ports/artifacts.ts";
import { DeliveryError } from "../../domain/errors.ts";
import { type ClientAbout, openClient } from "./client.ts";
import { answerOf, type Doing, failure } from "./failure.ts";
import { askAll, type Connection } from "./settings/connection.ts";

const artifact = z.object({
  id: z.int(),
  name: z.string().max(1024),
  size_in_bytes: z.int().min(0),
  expired: z.boolean(),
});

const right = "Actions (read)";

/** What runs of workflows left, by GitHub's REST API. */
export function openGitHubArtifacts(about: ClientAbout & { readonly owner: string; readonly repo: string }): Artifacts {
  const { owner, repo } = about;
  const to: Connection = { octokit: openClient(about), owner, repo };
  return {
    list: async (run) => {
      const doing = { what: `looking for what run ${run} of ${owner}/${repo} keeps`, right };
      try {
        const found = await askAll(to, artifact, {
          route: "GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts",
          with: { run_id: run },
          doing,
        });
        return found
          .map(({ size_in_bytes: bytes, ...rest }) => ({ ...rest, bytes }))
          .sort((left, other) => other.id - left.id);
      } catch (error) {
        if (error instanceof DeliveryError && answerOf(error.cause)?.status === 404) return [];
        throw error;
      }
    },
    download: (id, most) => download(to, { id, most }),
  };
}

/** Taken as it comes, so that no more is ever held than was asked for. */
async function download(
  to: Connection,
  { id, most }: { readonly id: number; readonly most: number },
): Promise<Uint8Array | undefined> {
  const doing: Doing = { what: `taking artifact ${id} of ${to.owner}/${to.repo}`, right };
  try {
    const { data } = await to.octokit.request(
      "GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}",
      {
        owner: to.owner,
        repo: to.repo,
        artifact_id: id,
        archive_format: "zip",
        request: { parseSuccessResponseBody: false },
      },
    );
    return await bounded(data as ReadableStream<Uint8Array>, { most, what: doing.what });
  } catch (error) {
    const status = answerOf(error)?.status;
    if (status === 404 || status === 410) return undefined;
    throw failure(error, doing);
  }
}

async function bounded(
  stream: ReadableStream<Uint8Array>,
  { most, what }: { readonly most: number; readonly what: string },
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.byteLength;
    if (bytes > most) {
      throw new DeliveryError({
        code: "artifact-too-large",
        message: `${what}: more than ${most} bytes come`,
        reaction: "stop",
        hint: "Look at who changed the workflow of the run that keeps it.",
      });
    }
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
