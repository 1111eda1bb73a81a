import { InternalError } from "../domain/errors.ts";
import { type PlanJson, parsePlanJson, type ResourceChange } from "../domain/plan-json.ts";

/** A resource change as Terraform writes it, with what a test does not say filled in. */
export function aChange(address: string, more: object = {}): ResourceChange {
  const [type = "", name = ""] = address
    .replaceAll(/\[[^\]]*\]/g, "")
    .split(".")
    .slice(-2);
  return {
    address,
    mode: "managed",
    type,
    name,
    provider_name: "terraform.io/builtin/terraform",
    change: {
      actions: ["create"],
      before: null,
      after: {},
      after_unknown: {},
      before_sensitive: false,
      after_sensitive: {},
    },
    ...more,
  };
}

/** A plan read from JSON with these members, by the names of the format. */
export function aPlan(members: object = {}): PlanJson {
  const json = {
    format_version: "1.2",
    terraform_version: "1.11.4",
    resource_changes: [],
    configuration: {},
    ...members,
  };
  const { value, diagnostics } = parsePlanJson(JSON.stringify(json));
  if (value === undefined) throw new InternalError(diagnostics.map(({ summary }) => summary).join("; "));
  return value;
}
