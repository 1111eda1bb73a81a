import { describe, expect, it } from "vitest";
import { goes, judged, presetNamed } from "../../../test/engine/decisions.ts";
import type { PersonalAnswer } from "../../domain/answer.ts";
import { digestOf } from "../../domain/digest.ts";
import { aChange, answer, aStack, login, shownTime, stackName } from "../../testing/builders.ts";

const flow = presetNamed("gitflow");
const counts = { add: 1, change: 0, destroy: 0, replace: 0, import: 0, move: 0, forget: 0 };
const devops = { teams: { devops: [login("bob"), login("cem")] } };
const promoted = aStack("prod/app")
  .approvedBy("bob")
  .with({ changes: [aChange({ headBranch: "develop", sections: ["why", "rollback"] })] });
const deletes = promoted.planned({ counts: { ...counts, destroy: 1 } });
const acknowledged = (by: string, about: Partial<PersonalAnswer> = {}) =>
  deletes.said(answer(by, "acknowledge", { via: "command", ...about }));
const waits = { first: ["wait deletions-unacknowledged"], second: ["wait deletions-unacknowledged"] };

describe("what a plan deletes", () => {
  it.each([
    { name: "is nothing to speak of when it deletes nothing", about: promoted, result: goes },
    { name: "is waited for", about: deletes, result: waits },
    {
      name: "is waited for when it replaces",
      about: promoted.planned({ counts: { ...counts, replace: 1 } }),
      result: waits,
    },
    { name: "may be what a plan forgets", about: promoted.planned({ counts: { ...counts, forget: 1 } }), result: goes },
    { name: "is let go by somebody who may merge", about: acknowledged("cem"), result: goes },
    { name: "is let go by the writer, who may merge", about: acknowledged("ann"), result: goes },
    { name: "is not let go by strangers", about: acknowledged("eve"), result: waits },
    { name: "is not let go before the plan was shown", about: acknowledged("cem", { at: shownTime }), result: waits },
    { name: "is not let go on another pull request", about: acknowledged("cem", { pullRequest: 13 }), result: waits },
    {
      name: "is not let go for another stack",
      about: acknowledged("cem", { stack: stackName("prod/other") }),
      result: waits,
    },
    { name: "is not let go for another plan", about: acknowledged("cem", { plan: digestOf("older") }), result: waits },
    { name: "is let go for this very plan", about: acknowledged("cem", { plan: digestOf("plan") }), result: goes },
    { name: "is not let go by an approval", about: deletes.approvedBy("cem"), result: waits },
  ])("$name", ({ about, result }) => {
    expect(judged(flow, about, devops)).toEqual(result);
  });

  it("needs no word where the flow asks for none", () => {
    expect(
      judged(
        presetNamed("trunk-stored-plan"),
        aStack("test/app")
          .approvedBy("bob")
          .planned({ counts: { ...counts, destroy: 3 } }),
      ),
    ).toEqual(goes);
  });

  it("needs no word in an environment of one's own", () => {
    const own = aStack("dev/app")
      .due({ kind: "push", ref: "dev/queue" })
      .with({ changes: [], hold: null })
      .planned({ counts: { ...counts, destroy: 3 } });
    expect(judged(flow, own)).toEqual(goes);
  });
});
