import type { Environment, Step, Transition } from "./flow.ts";
import type { WrittenRow } from "./schema.ts";

/** A step as a need names it: "test applied". */
const needPattern = /^(\S+) (applied|planned)$/;

/** Reads `test applied`; `undefined` for anything else. */
export function parseNeed(text: string): Transition["needs"][number] | undefined {
  const parts = needPattern.exec(text.trim().replaceAll(/\s+/g, " "));
  if (parts?.[1] === undefined) return undefined;
  return { environment: parts[1], state: parts[2] as "applied" | "planned" };
}

/** A row with everything it says by being there: an apply passes the environment's gate and is verified. */
export function normaliseRow(
  row: WrittenRow,
  { environments, line }: { environments: readonly Environment[]; line: number },
): Transition {
  const gated = environments.some((environment) => environment.name === row.in && environment.approvals !== null);
  const dispatch = row.on === "dispatch" ? row : undefined;
  return {
    on: row.on,
    into: row.on === "dispatch" ? null : row.into,
    environment: row.in ?? null,
    do: stepsOf(row.do, gated),
    job: dispatch?.job ?? null,
    ref: dispatch?.ref ?? null,
    needs: (dispatch?.needs ?? []).flatMap((text) => parseNeed(text) ?? []),
    line,
  };
}

function stepsOf(written: readonly Step[], gated: boolean): readonly Step[] {
  return written.flatMap((step): readonly Step[] => {
    if (step === "apply")
      return gated && !written.includes("gate")
        ? ["gate", "apply", ...unwrittenVerify(written)]
        : ["apply", ...unwrittenVerify(written)];
    return [step];
  });
}

function unwrittenVerify(written: readonly Step[]): readonly Step[] {
  return written.includes("verify") ? [] : ["verify"];
}
