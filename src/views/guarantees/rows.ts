import type { Flow, Step, Transition } from "../../flow/flow.ts";
import { actionsText } from "../explain/words/actions.ts";
import { cronText } from "../explain/words/cron.ts";
import type { Spelling } from "../explain/words/names.ts";
import { whenText } from "../explain/words/rows.ts";
import { stepTexts } from "../explain/words/steps.ts";
import {
  type Compared,
  type Differences,
  inOrder,
  isSame,
  listed,
  listsOf,
  matched,
  type Pair,
  type Tell,
  tellOf,
} from "./tell.ts";

/** What happens when. A row is known by its event and where it leads to. */
export function rowDifferences(compared: Compared): Differences {
  const { before, after, spelling } = compared;
  const { both, gone, fresh } = matched(before.when, after.when, keyOf);
  const isNew = ({ environment }: Transition, other: Flow) =>
    environment !== null && !other.environments.some(({ name }) => name === environment);
  return [
    ...fresh.map((row) =>
      tellOf(keyOf(row))(
        isNew(row, before) ? "other" : changes(row.do) ? "weaker" : "stronger",
        `there is a new row: ${rowText(row, spelling)}`,
      ),
    ),
    ...gone.map((row) =>
      tellOf(keyOf(row))(
        isNew(row, after) ? "other" : changes(row.do) ? "stronger" : "weaker",
        `a row is gone: ${rowText(row, spelling)}`,
      ),
    ),
    ...both.flatMap((pair) => {
      const tell = tellOf(keyOf(pair.after));
      return [...stepDifferences(compared, pair, tell), ...conditions(compared, pair, tell)];
    }),
  ];
}

function keyOf({ on, into, to, job, ref, environment }: Transition): string {
  const event = [on, into ?? to ?? job, ref === null ? null : `of ${ref}`];
  return ["row", ...event, environment === null ? null : `in ${environment}`].filter((part) => part !== null).join(" ");
}

/** Steps that change real objects, or make what may be applied; all others look. */
const changing: ReadonlySet<Step> = new Set(["apply", "destroy", "release"]);

function changes(steps: readonly Step[]): boolean {
  return steps.some((step) => changing.has(step));
}

function rowText(row: Transition, spelling: Spelling): string {
  const where = row.environment === null ? "" : ` in ${spelling.strong(row.environment)}`;
  const gate = row.gate === null ? "" : `, past the gate ${spelling.strong(row.gate)}`;
  return `${eventText(row, spelling)}: ${actionsText(row, spelling)}${where}${gate}`;
}

function eventText(row: Transition, spelling: Spelling): string {
  const text = whenText(row, spelling);
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function stepDifferences({ before, after, spelling }: Compared, pair: Pair<Transition>, tell: Tell): Differences {
  const { gained, lost } = listsOf({ before: pair.before.do, after: pair.after.do });
  const event = eventText(pair.after, spelling);
  const applies = pair.before.do.includes("apply") && pair.after.do.includes("apply");
  // Where something is applied all the same, planning it then takes the place of what people were shown before.
  const isLoss = (step: Step) => !changing.has(step) && !(step === "plan" && applies);
  const text = (flow: Flow, row: Transition, step: Step) => stepTexts(flow, row, spelling)[row.do.indexOf(step)] ?? "";
  return [
    ...lost.map((step) =>
      tell(
        isLoss(step) ? "weaker" : "stronger",
        `${event}, it no longer happens that ${text(before, pair.before, step)}`,
      ),
    ),
    ...gained.map((step) =>
      tell(isLoss(step) ? "stronger" : "weaker", `${event}, it is new that ${text(after, pair.after, step)}`),
    ),
    ...(gained.length === 0 && lost.length === 0 && !isSame(pair.before.do, pair.after.do)
      ? [tell("other", `${event}, the same is done in another order: ${actionsText(pair.after, spelling)}`)]
      : []),
  ];
}

/** What stands in a row's way, and what comes of it. */
function conditions(compared: Compared, pair: Pair<Transition>, tell: Tell): Differences {
  const { before, after } = pair;
  const { spelling } = compared;
  const { strong } = spelling;
  const event = eventText(after, spelling);
  const drifts = before.do.includes("drift") && after.do.includes("drift");
  return [
    ...gateOfRow(pair, tell, { event, strong }),
    ...needs(pair, tell, { event, strong }),
    ...(before.drift === after.drift
      ? []
      : [
          tell(
            drifts
              ? inOrder(["apply", "propose", "detect"] as const, { before: before.drift, after: after.drift })
              : "other",
            `${event}, ${driftText[after.drift]}, instead of: ${driftText[before.drift]}`,
          ),
        ]),
    ...(before.cron === after.cron
      ? []
      : [
          tell(
            "other",
            `what was done ${cronText(before.cron ?? "", spelling)} is done ${cronText(after.cron ?? "", spelling)}`,
          ),
        ]),
    ...(before.thenOffer === after.thenOffer
      ? []
      : [
          tell(
            "other",
            `${event}, people are offered ${after.thenOffer === null ? "nothing" : strong(after.thenOffer)} at its end, instead of ${before.thenOffer === null ? "nothing" : strong(before.thenOffer)}`,
          ),
        ]),
    ...(before.workflow === after.workflow
      ? []
      : [
          tell(
            "other",
            `${event}, the workflow on GitHub is ${after.workflow === null ? "not named" : strong(after.workflow)}, instead of ${before.workflow === null ? "not named" : strong(before.workflow)}`,
          ),
        ]),
  ];
}

const driftText: Readonly<Record<Transition["drift"], string>> = {
  detect: "drift is told and nothing is changed",
  propose: "drift is told, and a plan that puts it right is shown",
  apply: "drift is put right, past every gate that stands there",
};

interface Said {
  readonly event: string;
  readonly strong: Spelling["strong"];
}

function gateOfRow({ before, after }: Pair<Transition>, tell: Tell, { event, strong }: Said): Differences {
  if (before.gate === after.gate) return [];
  if (after.gate === null)
    return [tell("weaker", `${event}, nobody is asked at the gate ${strong(before.gate ?? "")} any more`)];
  if (before.gate === null)
    return [tell("stronger", `${event}, people are now asked at the gate ${strong(after.gate)}`)];
  return [
    tell("other", `${event}, people are asked at the gate ${strong(after.gate)} instead of ${strong(before.gate)}`),
  ];
}

/** What is applied somewhere is planned there too: asking for a plan alone is asking for less. */
function needs({ before, after }: Pair<Transition>, tell: Tell, { event, strong }: Said): Differences {
  type Need = Transition["needs"][number];
  const text = ({ environment, state }: Need) =>
    state === "applied"
      ? `everything is applied and verified in ${strong(environment)}`
      : `a plan is stored for ${strong(environment)}`;
  const { both } = matched(before.needs, after.needs, ({ environment }) => environment);
  return [
    ...listed({ before: before.needs, after: after.needs }, tell, {
      gained: (need) => `${event}, it now has to be that ${text(need)}`,
      lost: (need) => `${event}, it need not be any more that ${text(need)}`,
      whenGained: "stronger",
      keyOf: ({ environment }) => environment,
    }),
    ...both
      .filter((need) => need.before.state !== need.after.state)
      .map((need) =>
        tell(
          inOrder(["planned", "applied"] as const, { before: need.before.state, after: need.after.state }),
          `${event}, it has to be that ${text(need.after)}, instead of that ${text(need.before)}`,
        ),
      ),
  ];
}
