import { DeliveryError, type Reaction } from "../../domain/errors.ts";
import { toolErrorsSentence } from "../../domain/tool-error.ts";
import { firstError, toolErrors, unwrapped } from "./diagnostics.ts";
import { stateLockHolder } from "./lock-error.ts";
import type { ProcessResult } from "./run-process.ts";

interface Kind {
  readonly code: string;
  readonly reaction: Reaction;
  readonly hint?: string;
  readonly summary: RegExp;
}

/** What failures look like that are not about the configuration, by the summary of the first error. */
const kinds: readonly Kind[] = [
  {
    code: "init-required",
    reaction: "stop",
    summary:
      /Required plugins are not installed|Backend initialization required|Backend type changed|Backend configuration changed|Module (not installed|source has changed|version requirements have changed)|Inconsistent dependency lock file|there is no package for \S+ |[Mm]issing or corrupted provider plugins/,
  },
  {
    code: "backend-unreachable",
    reaction: "retry",
    hint: "See that the state's backend can be reached with the credentials of this environment.",
    // PostgreSQL's backend gives the bare words of the network.
    summary:
      /^Error acquiring the state lock|^(dial (tcp|unix)|pq:|x509:|EOF$)|Failed to (get existing workspaces|(load|get|read|refresh|open) state)|Error (loading|refreshing|reading|inspecting) (the )?states?\b/,
  },
  {
    code: "registry-unreachable",
    reaction: "retry",
    hint: "See that the provider and module registries can be reached, or give a provider mirror.",
    summary:
      /^Failed to (query available provider packages|install provider|download module)|Error accessing remote module registry/,
  },
];

const diskFull: Kind = {
  code: "disk-full",
  reaction: "stop",
  hint: "Free space on the disk that holds the checkouts, or the temporary files.",
  summary: /no space left on device|disk quota exceeded/i,
};

const providerAltered: Kind = {
  code: "provider-altered",
  reaction: "stop",
  hint: "What the mirror or the registry has is not what the dependency lock file names. Find out who changed which.",
  summary: /do(es not|esn't) match any of the checksums/,
};

/** Which of the failures that have nothing to do with the configuration a command met. */
export function failureKind(stderr: string): Kind | undefined {
  if (diskFull.summary.test(unwrapped(stderr))) return diskFull;
  const { summary, detail } = firstError(stderr);
  const kind = kinds.find((each) => each.summary.test(summary));
  if (kind?.code !== "init-required" && providerAltered.summary.test(unwrapped(detail))) return providerAltered;
  return kind;
}

/** A subcommand's failure as an error: its first few errors in the message, the detail of the first beside. */
export function outsideFailure(
  { subject, root }: { readonly subject: string; readonly root: string },
  result: ProcessResult,
  otherwise = "terraform-failed",
): DeliveryError {
  const { detail } = firstError(result.stderr);
  const said = toolErrorsSentence(toolErrors(result.stderr, root));
  const kind = failureKind(result.stderr);
  const ended = result.signal === null ? "" : ` (ended by ${result.signal})`;
  const held = stateLockHolder(result.stderr);
  return new DeliveryError({
    code: held !== null ? "state-locked" : (kind?.code ?? otherwise),
    message: `${subject}: ${said}${ended}`,
    reaction: held !== null ? "wait" : (kind?.reaction ?? "stop"),
    hint: kind?.hint,
    detail,
  });
}
