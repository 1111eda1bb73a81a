import { describe, expect, it } from "vitest";
import { readConfigurationFacts } from "../../src/adapters/hcl/index.ts";
import { compileTrust } from "../../src/compile/trust/index.ts";
import { presetNames } from "../../src/flow/index.ts";
import { noTrustIsOpen } from "../../src/inspect/checks/trust.ts";
import { survey } from "../../src/inspect/survey.ts";
import { about } from "./flow-under-test.ts";
import { trusting } from "./trust-documents.ts";

interface Condition {
  readonly test: string;
  readonly variable: string;
  readonly values: readonly string[];
}

/** As far as the tests change it. */
interface Compiled {
  readonly data?: {
    readonly aws_iam_policy_document?: Readonly<
      Record<string, { readonly statement: { condition: readonly Condition[] }[] }>
    >;
  };
  readonly resource?: {
    readonly google_iam_workload_identity_pool_provider?: Readonly<Record<string, { attribute_condition: string }>>;
  };
}

/** What `plangate check` says of the compiled files of identities, as they lie in the repository. */
async function foundIn(files: readonly { readonly path: string; readonly text: string }[]) {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const reader = {
    files: files.map(({ path }) => ({ path, mode: "100644", tracked: true })),
    branches: { current: null, local: [] },
    read: async (path: string) => ({ text: texts.get(path) ?? "" }),
    linkTarget: () => "",
    ignored: async () => new Set<string>(),
    configuration: readConfigurationFacts,
    settings: () => Promise.reject(new Error("there are none")),
    workflow: () => Promise.reject(new Error("there are none")),
  };
  const found = noTrustIsOpen.find({ survey: await survey(reader, { settings: new Set() }) } as Parameters<
    typeof noTrustIsOpen.find
  >[0]);
  return { count: found.count, said: found.diagnostics.map(({ file, code }) => `${file} ${code}`) };
}

describe.each(presetNames)("plangate check, in identity/ of %s", (preset) => {
  const { files } = compileTrust(trusting(preset), about);
  const read = files.map(({ path, text }) => ({ path, file: JSON.parse(text) as Compiled }));
  /** The same files, with the conditions of every trust, or of every pool, made other ones. */
  const foundWith = async (change: {
    readonly conditions?: (all: readonly Condition[]) => readonly Condition[];
    readonly pool?: string;
  }) => {
    const changed = read.map(({ path, file }) => {
      const made = structuredClone(file);
      for (const [block, { statement }] of Object.entries(made.data?.aws_iam_policy_document ?? {}))
        for (const one of block.endsWith("_trust") ? statement : [])
          one.condition = change.conditions?.(one.condition) ?? one.condition;
      for (const provider of Object.values(made.resource?.google_iam_workload_identity_pool_provider ?? {}))
        provider.attribute_condition = change.pool ?? provider.attribute_condition;
      return { path, text: JSON.stringify(made) };
    });
    return [...new Set((await foundIn(changed)).said)];
  };
  const only =
    (...claims: readonly string[]) =>
    (all: readonly Condition[]) =>
      all.filter(({ variable }) => claims.some((claim) => variable.endsWith(`:${claim}`)));

  it("sees who is trusted, and finds nothing", async () => {
    const { count, said } = await foundIn(files);
    expect(count).toBeGreaterThan(10);
    expect(said).toEqual([]);
  });

  it.each<[string, Parameters<typeof foundWith>[0], string]>([
    [
      "what also holds without the claim",
      { conditions: (all) => all.map((one) => ({ ...one, test: "StringEqualsIfExists" })) },
      "aws.tf.json trust-if-exists",
    ],
    [
      "every environment",
      {
        conditions: (all) =>
          all.map((one) => ({
            ...one,
            test: "StringLike",
            values: one.values.map((value) => value.replace(/:environment:.*/, ":environment:*")),
          })),
      },
      "aws.tf.json trust-wildcard",
    ],
    ["the audience alone", { conditions: only("aud") }, "aws.tf.json trust-subject-missing"],
    ["the repository alone", { conditions: only("aud", "repository_id") }, "aws.tf.json trust-repository-wide"],
    [
      "a pool for a branch of anybody's",
      { pool: "assertion.ref == 'refs/heads/main'" },
      "gcp.tf.json trust-condition-missing",
    ],
  ])("tells what somebody made of it: %s", async (_what, change, said) => {
    expect(await foundWith(change)).toEqual([`identity/${said}`]);
  });
});
