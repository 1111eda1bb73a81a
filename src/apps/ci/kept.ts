import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sealerFor } from "../../adapters/keys/index.ts";
import type { Salvage } from "../../delivery/ports/salvage.ts";
import type { Verification } from "../../delivery/roles/verify.ts";
import { type Digest, digestOf } from "../../domain/digest.ts";
import { DeliveryError } from "../../domain/errors.ts";
import { keyFileOf } from "../../domain/forge-keys.ts";
import type { RunId, StackName } from "../../domain/names.ts";
import type { ToolError } from "../../domain/tool-error.ts";
import type { ApplyHeard } from "../../hosts/actions/index.ts";
import { inlineCode } from "../../views/inert.ts";
import { seenMarkdown, seenText } from "../../views/kept.ts";
import { mustHave } from "./job.ts";
import { keyVariables } from "./job-keys.ts";
import type { Ci, OpenJob } from "./open-job.ts";
import { recipientAt } from "./public-keys.ts";

/**
 * What outlives an apply job: what its programs said, what verification found, a state that its backend did not take. Everybody who
 * may read a repository may download artifacts, and what programs print is free text, so all of it is closed for the environment:
 * a passing look at it takes the key that opens its plans. What failed is told in the clear besides, redacted, since nobody mends
 * what they cannot read.
 */
export interface Kept {
  readonly heard: ApplyHeard;
  readonly keepState: Salvage["keep"];
  /** Closes what programs said for a run, and tells people what came of it. Does no harm where nothing was begun. */
  tell(run: RunId, stack: StackName, log: string | undefined): Promise<void>;
  /** Tells how what is kept is read, where anything is. */
  end(): void;
}

export interface KeptAbout {
  /** Of the flow: whose key opens what is kept. */
  readonly environment: string;
}

interface KeptFile {
  readonly name: string;
  readonly digest: Digest;
}

export function openKept(ci: Ci, { publicKeys }: Pick<OpenJob, "publicKeys">, { environment }: KeptAbout): Kept {
  const { job, env, outputs, progress } = ci;
  const artifact = mustHave(env, "PLANGATE_KEPT");
  const sealer = sealerFor([recipientAt(publicKeys, environment)]);
  const errors = new Map<RunId, readonly ToolError[]>();
  const verifications = new Map<RunId, Verification>();
  const files: KeptFile[] = [];
  const keyFile = `FOLDER/${keyFileOf(keyVariables.identity, environment)}`;
  const opening = ({ name, digest }: KeptFile) => `plangate open ${name} --key ${keyFile} --digest ${digest}`;
  const close = async (name: string, content: Uint8Array): Promise<KeptFile> => {
    const sealed = await sealer.seal(content);
    const kept = { name: `${name}.age`, digest: digestOf(sealed) };
    writing(kept.name, () => {
      mkdirSync(job.out, { recursive: true, mode: 0o700 });
      writeFileSync(join(job.out, kept.name), sealed, { mode: 0o600 });
    });
    return kept;
  };
  const keep = async (name: string, text: string) => void files.push(await close(name, new TextEncoder().encode(text)));
  return {
    heard: {
      failed: (run, said) => void errors.set(run, said),
      verified: (run, found) => {
        verifications.set(run, found);
        if (found.errors.length > 0) errors.set(run, found.errors);
      },
    },
    async keepState(run, state) {
      const kept = await close(`${run}.tfstate`, state);
      files.push(kept);
      const place = `${kept.name} in the artifact ${artifact} of workflow run ${job.run}`;
      return {
        place,
        told: `The state could not be written to its backend, and nothing else knows what was made. It is kept as ${place}: whoever has the keys of ${environment} opens it with \`${opening(kept)}\` and puts it back with \`state push\` before anything else`,
        async remove() {
          files.splice(files.indexOf(kept), 1);
          rmSync(join(job.out, kept.name), { force: true });
        },
      };
    },
    async tell(run, stack, log) {
      const found = verifications.get(run);
      try {
        if (log !== undefined) await keep(`${run}.log`, log);
        if (found !== undefined) await keep(`${run}.verification.json`, found.document);
      } catch (error) {
        // What it would tell of is none the worse for it.
        if (!(error instanceof DeliveryError)) throw error;
        progress(`${stack}: ${error.message}`);
      }
      const seen = { stack, errors: errors.get(run) ?? [], checks: found?.checks ?? [] };
      const text = seenText(seen);
      if (text !== null) progress(text);
      const markdown = seenMarkdown(seen);
      if (markdown !== null) outputs.summary(markdown);
    },
    end() {
      if (files.length === 0) return;
      const lines = files.map((file) => `- ${inlineCode(opening(file))}`);
      const about = `**Kept:** the artifact ${inlineCode(artifact)} of this run has what Terraform and the verify commands said, closed for ${inlineCode(environment)}. Download it; whoever has the folder that ${inlineCode("plangate ci keys")} made opens it:`;
      outputs.summary([about, "", ...lines].join("\n"));
    },
  };
}

function writing(name: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new DeliveryError({
      code: code === "ENOSPC" ? "disk-full" : "not-kept",
      message: `keeping ${name}: ${message}`,
      reaction: "stop",
      cause: error,
    });
  }
}
