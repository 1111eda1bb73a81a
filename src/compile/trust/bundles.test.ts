import { describe, expect, it } from "vitest";
import { about } from "../../../test/compile/flow-under-test.ts";
import {
  compiledTrust,
  documentsOf,
  repository,
  trusting,
  type Written,
} from "../../../test/compile/trust-documents.ts";
import { applyFile, applyHere, mainRef, reachable } from "../../../test/compile/trust-table.ts";
import { compileTrust } from "./index.ts";

const s3 = { s3: { bucket: "acme-plans", region: "eu-central-1", prefix: "delivery/", account: "444444444444" } };
const gcs = { gcs: { bucket: "acme-plans", prefix: "delivery/", project: "acme-delivery" } };

/** A preset whose environments are in both clouds, with its bundles in a bucket. */
const flowWith = (bundles: unknown, edit?: (written: Written) => void) =>
  trusting("trunk-stored-plan", (written) => {
    written.bundles = bundles;
    edit?.(written);
  });
const found = (bundles: unknown, edit?: (written: Written) => void) =>
  compileTrust(flowWith(bundles, edit), about).diagnostics.map(({ severity, code }) => `${severity} ${code}`);
const rights = (block: string) =>
  compiledTrust(flowWith(s3)).aws?.data.aws_iam_policy_document?.[`${block}_rights`]?.statement as readonly Readonly<
    Record<string, unknown>
  >[];
const about3 = (block: string) => rights(block).filter(({ sid }) => /Bundles/.test(String(sid)));

const workflow = ".github/workflows/plangate.yml";
const job = { repository, event: "push", ref: mainRef, environment: "plangate", workflow, called: null };

describe.each([
  { name: "S3", bundles: s3, holder: /^aws plangate-/ },
  { name: "Google Cloud Storage", bundles: gcs, holder: /^gcp plangate-/ },
])("the identity that keeps bundles in $name", ({ bundles, holder }) => {
  const documents = documentsOf(flowWith(bundles));

  it("is that of jobs in plangate's own environment on the default branch, whichever workflow they are of", () => {
    expect(reachable(documents, job)).toEqual([expect.stringMatching(holder)]);
    const ofRow = { ...job, workflow: ".github/workflows/prepare-for-demo.yml" };
    expect(reachable(documents, ofRow)).toEqual([expect.stringMatching(holder)]);
  });

  it.each([
    ["another branch", { ref: "refs/heads/feature/x" }],
    ["a pull request", { ref: "refs/pull/7/merge", event: "pull_request" }],
    ["another repository", { repository: { ...repository, id: 815001 } }],
  ])("is nobody's from %s", (_, other) => {
    expect(reachable(documents, { ...job, ...other })).toEqual([]);
  });

  it("is no other job's, and that job is nobody else", () => {
    for (const environment of ["test", "prod", "test-plan", "prod-plan"])
      for (const called of [null, applyHere]) {
        const other = reachable(documents, { ...job, environment, called, workflow: applyFile });
        expect(other.filter((one) => holder.test(one))).toEqual([]);
      }
  });

  it("is told among the values of GitHub's variables", () => {
    const { aws, gcp } = compiledTrust(flowWith(bundles));
    const outputs = [aws?.output.aws_roles?.value, gcp?.output.gcp_identities?.value] as Record<string, unknown>[];
    expect(outputs.filter((values) => "plangate" in values)).toHaveLength(1);
  });
});

describe("what identities may with bundles in S3", () => {
  const bucket = "arn:aws:s3:::acme-plans";
  const objects = `${bucket}/delivery/*`;
  const read = [
    { sid: "FindBundles", effect: "Allow", actions: ["s3:ListBucket"], resources: [bucket] },
    { sid: "ReadBundles", effect: "Allow", actions: ["s3:GetObject"], resources: [objects] },
  ];

  it("is to create them, where none is, for who keeps them, and nothing else at all", () => {
    const allowed = rights("env_plangate_bundles").filter(({ effect }) => effect === "Allow");
    expect(allowed).toEqual([
      ...read,
      {
        sid: "CreateBundles",
        effect: "Allow",
        actions: ["s3:PutObject"],
        resources: [objects],
        condition: [{ test: "Null", variable: "s3:if-none-match", values: ["false"] }],
      },
    ]);
    const { aws } = compiledTrust(flowWith(s3));
    expect(Object.keys(aws?.resource.aws_iam_role_policy_attachment ?? {})).not.toContain("env_plangate_bundles");
    expect(aws?.resource.aws_iam_role?.env_plangate_bundles).toMatchObject({ max_session_duration: 3600 });
  });

  it("is to read them for who applies, whatever other policies say, and nothing for who plans", () => {
    expect(about3("env_prod_apply")).toEqual([
      ...read,
      { sid: "BundlesStayAsTheyAre", effect: "Deny", not_actions: ["s3:Get*", "s3:List*"], resources: [objects] },
    ]);
    expect(about3("env_prod_plan")).toEqual([
      { sid: "NoBundles", effect: "Deny", actions: ["s3:*Object*"], resources: [objects] },
    ]);
  });

  it("is nothing where bundles are elsewhere", () => {
    for (const flow of [flowWith(gcs), trusting("trunk-stored-plan")])
      expect(JSON.stringify(compiledTrust(flow).aws)).not.toContain("Bundles");
  });
});

describe("what identities may with bundles in Google Cloud Storage", () => {
  it("is to create them for who keeps them, to read them for who applies, and nothing for who plans", () => {
    const bindings = Object.entries(
      compiledTrust(flowWith(gcs)).gcp?.resource.google_storage_bucket_iam_member ?? {},
    ).filter(([name]) => name.endsWith("_bundles"));
    const roles = (block: string) =>
      bindings.flatMap(([, { member, role }]) => (String(member).includes(`.${block}.`) ? [role] : []));
    const reading = ["roles/storage.legacyBucketReader", "roles/storage.objectViewer"];
    expect(roles("env_plangate_bundles")).toEqual([...reading, "roles/storage.objectCreator"]);
    expect(roles("env_prod_apply")).toEqual(reading);
    expect(roles("env_prod_plan")).toEqual([]);
    for (const [, { role, bucket, condition }] of bindings) {
      expect(bucket).toBe("acme-plans");
      if (role !== "roles/storage.legacyBucketReader")
        expect(condition).toEqual({
          title: "bundles",
          expression: "resource.name.startsWith('projects/_/buckets/acme-plans/objects/delivery/')",
        });
    }
  });
});

describe("what keeps bundles from being reached as they should", () => {
  const states =
    (...backend: readonly string[]) =>
    (written: Written) => {
      for (const entry of written.stacks) entry.backend = backend;
    };

  it("is a state that would lie among them, since who plans writes there", () => {
    const met = "error states-within-reach";
    expect(found(s3, states("bucket=acme-plans", "key=delivery/{environment}/{instance}{stack}"))).toContain(met);
    expect(found(s3, states("bucket=acme-plans", "key={environment}/{instance}{stack}"))).not.toContain(met);
    expect(found(s3, states("bucket=others", "key=delivery/{environment}/{instance}{stack}"))).not.toContain(met);
    expect(found(gcs, states("bucket=acme-plans", "prefix=delivery/{environment}/{instance}{stack}"))).toContain(met);
  });

  it("is refused when the user's values would put one there", () => {
    const { aws } = compiledTrust(flowWith(s3, states("key=delivery/{environment}/{instance}{stack}")));
    expect(JSON.stringify(aws?.variable.aws_states)).toContain("acme-plans");
  });

  it("is an environment in another cloud, or in another account, which is told", () => {
    expect(found(s3)).toContain("warning bundles-elsewhere");
    const only = (cloud: "aws" | "gcp") => (written: Written) => {
      for (const one of Object.values(written.environments)) {
        const { [cloud]: kept } = one.identity as Record<string, unknown>;
        one.identity = { [cloud]: kept };
      }
    };
    expect(found(s3, only("gcp"))).toContain("warning bundles-out-of-reach");
    expect(found(gcs, only("aws"))).toContain("warning bundles-out-of-reach");
    expect(found(gcs)).not.toContain("warning bundles-out-of-reach");
  });
});
