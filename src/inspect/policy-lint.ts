import { filledIn, type PolicyStatement } from "../domain/policy-document.ts";

/** What is wrong with a statement of a policy. */
export interface PolicyProblem {
  readonly severity: "error" | "warning";
  readonly code: "policy-invalid" | "policy-allows-everything" | "policy-escalates" | "policy-public";
  readonly summary: string;
  readonly hint: string;
}

/** What would be refused by the cloud, and what gives away more than any policy should. */
export function problemsOfStatement(statement: PolicyStatement): readonly PolicyProblem[] {
  const invalid = whyInvalid(statement);
  if (invalid !== null)
    return [
      { severity: "error", code: "policy-invalid", summary: invalid, hint: "Mend it: the cloud refuses it at apply." },
    ];
  return statement.effect === "Allow" ? [...givesAway(statement)] : [];
}

function whyInvalid({ effect, actions, notActions, unknownKeys }: PolicyStatement): string | null {
  if (unknownKeys.length > 0) return `A statement has no "${unknownKeys[0]}".`;
  if (effect === "") return "A statement has no Effect.";
  if (effect !== "Allow" && effect !== "Deny" && !effect.includes(filledIn))
    return `The Effect of a statement is Allow or Deny, and not "${effect}".`;
  if (actions.length + notActions.length === 0) return "A statement has no Action.";
  const wrong = actions.find((action) => !/^(?:\*|[\w-]+:[\w*?]+)$/.test(action) && !action.includes(filledIn));
  return wrong === undefined ? null : `"${wrong}" is no action: it is written service:Name.`;
}

function* givesAway(statement: PolicyStatement): Generator<PolicyProblem> {
  const { actions, notActions, resources, principals, conditions } = statement;
  const onAll = resources.includes("*");
  if (actions.includes("*") && onAll && conditions.length === 0) {
    const summary = "This allows everything on everything.";
    yield { severity: "error", code: "policy-allows-everything", summary, hint: "Name the actions that are needed." };
    return;
  }
  if (notActions.length > 0 && onAll) {
    const summary = "This allows every action but some, also those that the cloud invents tomorrow.";
    yield {
      severity: "warning",
      code: "policy-allows-everything",
      summary,
      hint: "Name what is allowed, under Action.",
    };
  }
  const escalates = actions.find((action) =>
    /^iam:(?:\*|Pass\*|PassRole|Attach\w*|Put\w*Policy|CreatePolicyVersion)$/i.test(action),
  );
  if (escalates !== undefined && onAll && conditions.length === 0) {
    const summary = `Whoever may do "${escalates}" on everything can give themselves every other right.`;
    const hint = "Name the roles, or ask for a permissions boundary in a condition.";
    yield { severity: "warning", code: "policy-escalates", summary, hint };
  }
  const assumes = actions.every((action) => /^sts:/i.test(action));
  if (
    !assumes &&
    conditions.length === 0 &&
    principals.some(({ type, id }) => id === "*" && (type === "*" || type === "AWS"))
  ) {
    const summary = "This allows it to anybody in the world.";
    yield { severity: "warning", code: "policy-public", summary, hint: "Name who may, or restrict it by a condition." };
  }
}
