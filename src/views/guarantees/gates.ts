import type { Gate } from "../../flow/flow.ts";
import { counted, gateText, peopleIn } from "../explain/words/names.ts";
import { peopleDifferences } from "./people.ts";
import {
  type Compared,
  type Differences,
  ifLess,
  isSame,
  listed,
  matched,
  type Pair,
  type Tell,
  tellOf,
} from "./tell.ts";

/** The gates that rows name. What one that is new or gone changes is told of the rows. */
export function gateDifferences(compared: Compared): Differences {
  const { before, after, spelling } = compared;
  const { both, gone, fresh } = matched(before.gates, after.gates, ({ name }) => name);
  const { strong } = spelling;
  return [
    ...fresh.map((gate) =>
      tellOf(`gate ${gate.name}`)("other", `${strong(gate.name)} is a new gate: ${gateText(gate, spelling)}`),
    ),
    ...gone.map(({ name }) => tellOf(`gate ${name}`)("other", `the gate ${strong(name)} is gone`)),
    ...both.flatMap((pair) => askedDifferences(compared, pair, tellOf(`gate ${pair.after.name}`))),
  ];
}

/** What an environment asks by itself before each apply. */
export function approvalDifferences(
  compared: Compared,
  name: string,
  { before, after }: Pair<Gate | null>,
  tell: Tell,
): Differences {
  const { spelling } = compared;
  const place = spelling.strong(name);
  if (before === null && after === null) return [];
  if (before === null || after === null)
    return after === null
      ? [
          tell(
            "weaker",
            `${place} asks for no approval any more; it was ${before === null ? "" : gateText(before, spelling)}`,
          ),
        ]
      : [tell("stronger", `${place} now asks for ${gateText(after, spelling)}`)];
  return askedDifferences(compared, { before, after }, tell);
}

/** Who says yes at a gate that both flows have. */
function askedDifferences(compared: Compared, { before, after }: Pair<Gate>, tell: Tell): Differences {
  const { spelling } = compared;
  const { strong, plain } = spelling;
  const place = strong(after.name);
  const reason = after.because === undefined ? "" : `, because: ${plain(after.because)}`;
  // A reason that comes or goes with its exception stands in the sentence about that.
  const isToldBeside =
    !isSame(before.notBy, after.notBy) && (before.because === undefined) !== (after.because === undefined);
  const who = { writers: "wrote any of what is applied", triggerer: "started it" } as const;
  return [
    ...(before.count === after.count
      ? []
      : [
          tell(
            ifLess(before.count, after.count),
            `${place}: ${counted(after.count, "approval")} instead of ${before.count}, by ${peopleIn(after.by, spelling)}`,
          ),
        ]),
    ...peopleDifferences(compared, { before: before.by, after: after.by }, tell, {
      gained: (name) => `${place}: ${name} may now approve`,
      lost: (name) => `${place}: ${name} may no longer approve`,
    }),
    ...listed({ before: after.notBy, after: before.notBy }, tell, {
      gained: (one) => `${place}: somebody who ${who[one]} may now approve it${reason}`,
      lost: (one) => `${place}: nobody who ${who[one]} may approve it any more`,
      whenGained: "weaker",
    }),
    ...(before.because === after.because || isToldBeside
      ? []
      : [
          tell(
            "other",
            after.because === undefined
              ? `${place}: no reason is given any more for who may approve`
              : `${place}: the reason for who may approve is now: ${plain(after.because)}`,
          ),
        ]),
  ];
}
