import { describe, expect, it } from "vitest";
import { aChange } from "../testing/plan-json.ts";
import { lookAt } from "./look-at.ts";

const changed = (type: string, about: object = {}) => ({ ...aChange(`${type}.it`), type, mode: "managed", ...about });
const concernOf = (type: string) => lookAt([changed(type)]).map(({ name }) => name);

describe("what to look at", () => {
  it.each([
    ["aws_iam_role_policy", "rights"],
    ["aws_iam_policy", "rights"],
    ["google_project_iam_member", "rights"],
    ["google_service_account_key", "rights"],
    ["aws_s3_bucket_policy", "open to others"],
    ["aws_s3_bucket_public_access_block", "open to others"],
    ["aws_lambda_permission", "open to others"],
    ["aws_kms_key", "keys and encryption"],
    ["aws_kms_key_policy", "rights"],
    ["aws_s3_bucket_server_side_encryption_configuration", "keys and encryption"],
    ["aws_security_group", "reach in the network"],
    ["aws_vpc_security_group_ingress_rule", "reach in the network"],
    ["aws_route", "reach in the network"],
    ["google_compute_firewall", "reach in the network"],
  ])("%s is about %s", (type, concern) => {
    expect(concernOf(type)).toEqual([concern]);
  });

  it.each(["aws_instance", "terraform_data", "aws_route53_record", "google_storage_bucket", "constructor"])(
    "%s is about nothing that a type tells",
    (type) => {
      expect(concernOf(type)).toEqual([]);
    },
  );

  it("leaves out what is only read, and answers at once whatever a type is called", () => {
    expect(lookAt([changed("aws_iam_policy_document", { mode: "data" })])).toEqual([]);
    const long = changed(`google_${"_iam_".repeat(20_000)}x`);
    const begun = performance.now();
    lookAt([long]);
    expect(performance.now() - begun).toBeLessThan(2_000);
  });
});
