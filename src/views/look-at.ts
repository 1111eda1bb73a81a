import type { ResourceChange } from "../domain/plan-json.ts";
import { actionOf } from "../domain/plan-summary.ts";

/** What a reviewer of security looks at first. */
interface Concern {
  readonly name: string;
  /** Of types of resources, by the providers of AWS and Google; the first concern that fits has a type. */
  readonly types: RegExp;
}

const concerns: readonly Concern[] = [
  {
    name: "open to others",
    types:
      /^(?:aws_s3_(?:bucket|account)_(?:acl|policy|public_access_block|ownership_controls)|aws_(?:ami|snapshot)_.*permission|aws_ec2_image_block_public_access|aws_\w+_resource_policy|aws_lambda_(?:permission|function_url)|aws_(?:sqs_queue|sns_topic|ecr_repository|secretsmanager_secret|glacier_vault)_policy|google_storage_.*(?:acl|access_control))$/,
  },
  {
    name: "rights",
    types:
      /^(?:aws_iam_.+|aws_ssoadmin_.+|aws_organizations_policy.*|aws_kms_(?:grant|key_policy)|aws_lakeformation_.*permissions|google_.+_iam_(?:member|binding|policy|audit_config|custom_role|deny_policy)|google_iam_.+|google_service_account.*|google_.*access_context_.+)$/,
  },
  {
    name: "keys and encryption",
    types:
      /^(?:aws_kms_.+|aws_.*(?:encryption|customer_key).*|aws_acm_.+|google_kms_.+|google_.*(?:ssl|certificate).*)$/,
  },
  {
    name: "reach in the network",
    types:
      /^(?:aws_(?:default_)?security_group.*|aws_vpc_security_group_.+|aws_(?:default_)?network_acl.*|aws_(?:default_)?route(?:_table.*)?|aws_(?:internet|egress_only_internet|nat)_gateway|aws_vpc_(?:peering|endpoint).*|aws_ec2_transit_gateway.*|aws_eip.*|aws_lb_listener.*|google_compute_(?:firewall|network_firewall|region_network_firewall|security_policy|route|network_peering|global_address|address).*)$/,
  },
];

/** Changes of a plan that one concern is about. */
export interface LookAt {
  readonly name: string;
  readonly changes: readonly ResourceChange[];
}

/**
 * What touches security by the types of what changes: rights, who else can read, encryption, reach in the network. By types
 * alone, so one that the table does not know is in none, and what a value opens is not seen: this leads the eye and clears nothing.
 */
export function lookAt(changes: readonly ResourceChange[]): readonly LookAt[] {
  const changing = changes.filter((change) => change.mode === "managed" && actionOf(change) !== "move");
  const found = Map.groupBy(changing, ({ type }) => concerns.find(({ types }) => types.test(type)));
  return concerns.flatMap((concern) => {
    const some = found.get(concern);
    return some === undefined ? [] : [{ name: concern.name, changes: some }];
  });
}
