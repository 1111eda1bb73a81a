import { parseDocument } from "yaml";
import { compileTrust } from "../../src/compile/trust/index.ts";
import { type Flow, type PresetName, renderPreset } from "../../src/flow/index.ts";
import type { CloudDocuments } from "../cloud/token-exchange.ts";
import { about, flowOf } from "./flow-under-test.ts";

/** For tests: the identities of a flow, read back from what is compiled as the clouds would have them. */

/** Where the environments of a preset are: test and the like share an account and a project. */
const homes: Readonly<Record<string, readonly [account: string, project: string]>> = {
  stage: ["222222222222", "acme-stage"],
  prod: ["333333333333", "acme-prod"],
};
const shared = ["111111111111", "acme-test"] as const;

export const repository = { owner: "acme", name: "delivery", ownerId: 4711, id: 815000 };
export const issuer = "token.example.org";

/** A preset whose environments have identities in both clouds, and whose stacks say where their states lie. */
export function trusting(name: PresetName, edit?: (written: Written) => void): Flow {
  const document = parseDocument(renderPreset(name));
  const written = document.toJS() as Written;
  written.repository = { ...repository };
  for (const [environment, settings] of Object.entries(written.environments)) {
    const [account, project] = homes[environment] ?? shared;
    settings.identity = { aws: { account }, gcp: { project } };
  }
  edit?.(written);
  return flowOf(JSON.stringify(written));
}

export interface Written {
  repository?: Record<string, unknown>;
  environments: Record<string, Record<string, unknown>>;
  stacks: Record<string, unknown>[];
  [key: string]: unknown;
}

type Json = Readonly<Record<string, unknown>>;
export type Blocks = Readonly<Record<string, Json>>;
export interface Compiled {
  readonly provider?: { readonly aws: readonly Json[] };
  readonly variable: Blocks;
  readonly resource: Readonly<Record<string, Blocks>>;
  readonly data: Readonly<Record<string, Blocks>>;
  readonly output: Blocks;
}

/** The compiled files, read, by the cloud's name. */
export function compiledTrust(flow: Flow): Readonly<Record<string, Compiled>> {
  return Object.fromEntries(
    compileTrust(flow, about).files.map(({ path, text }) => [
      path.replace(/^identity\/|\.tf\.json$/g, ""),
      JSON.parse(text) as Compiled,
    ]),
  );
}

/** What the clouds come to have by the files of a flow; variables have a value when they are not given one. */
export function documentsOf(flow: Flow, variables: Readonly<Record<string, string>> = {}): CloudDocuments {
  return documentsIn(compiledTrust(flow), variables);
}

/** The same of files that were compiled elsewhere. References are filled in too, and nothing else is known. */
export function documentsIn(
  { aws, gcp }: Readonly<Record<string, Compiled>>,
  variables: Readonly<Record<string, string>> = {},
): CloudDocuments {
  const values: Record<string, string> = { "var.github_issuer": issuer };
  for (const [name, value] of Object.entries(variables)) values[`var.${name}`] = value;
  const pools = gcp?.resource.google_iam_workload_identity_pool ?? {};
  for (const [block, { project, workload_identity_pool_id: id }] of Object.entries(pools)) {
    const pool = `projects/${String(project)}/locations/global/workloadIdentityPools/${String(id)}`;
    values[`google_iam_workload_identity_pool.${block}.name`] = pool;
    values[`google_iam_workload_identity_pool.${block}.workload_identity_pool_id`] = pool;
  }
  const read = (value: unknown): unknown => filledIn(value, values);
  return {
    roles: Object.entries(aws?.resource.aws_iam_role ?? {}).map(([block, role]) => ({
      arn: `arn:aws:iam::${String(role.provider).slice(-12)}:role${String(role.path)}${String(role.name)}`,
      trust: policyOf(read(aws?.data.aws_iam_policy_document?.[`${block}_trust`]) as Json),
      longestSession: Number(role.max_session_duration),
    })),
    providers: Object.values(gcp?.resource.google_iam_workload_identity_pool_provider ?? {}).map((provider) => {
      const {
        workload_identity_pool_id: pool,
        workload_identity_pool_provider_id: id,
        ...rest
      } = read(provider) as Json;
      return {
        name: `${String(pool)}/providers/${String(id)}`,
        issuer: String((rest.oidc as Json).issuer_uri),
        mapping: rest.attribute_mapping as Readonly<Record<string, string>>,
        condition: String(rest.attribute_condition),
        audiences: [],
      };
    }),
    accounts: Object.entries(gcp?.resource.google_service_account ?? {}).map(([block, account]) => ({
      email: `${String(account.account_id)}@${String(account.project)}.iam.gserviceaccount.com`,
      members: Object.entries(gcp?.resource.google_service_account_iam_member ?? {}).flatMap(([, member]) =>
        member.service_account_id === `\${google_service_account.${block}.name}` ? [String(read(member.member))] : [],
      ),
    })),
  };
}

/** A policy as AWS has it, from the blocks of a policy document. */
function policyOf(document: Json): Json {
  const statements = document.statement as readonly {
    readonly effect: string;
    readonly actions: readonly string[];
    readonly principals: readonly { readonly type: string; readonly identifiers: readonly string[] }[];
    readonly condition: readonly {
      readonly test: string;
      readonly variable: string;
      readonly values: readonly string[];
    }[];
  }[];
  return {
    Version: "2012-10-17",
    Statement: statements.map(({ effect, actions, principals, condition }) => ({
      Effect: effect,
      Action: actions,
      Principal: Object.fromEntries(principals.map(({ type, identifiers }) => [type, identifiers])),
      Condition: conditionsOf(condition),
    })),
  };
}

function conditionsOf(
  conditions: readonly { readonly test: string; readonly variable: string; readonly values: readonly string[] }[],
): Json {
  const all: Record<string, Record<string, unknown>> = {};
  for (const { test, variable, values } of conditions) {
    const keys = all[test] ?? {};
    if (Object.hasOwn(keys, variable)) throw new Error(`${test} compares ${variable} twice`);
    all[test] = { ...keys, [variable]: values };
  }
  return all;
}

function filledIn(value: unknown, values: Readonly<Record<string, string>>): unknown {
  if (typeof value === "string") {
    return value
      .replaceAll(/(?<!\$)\$\{([^}]*)\}/g, (_, name: string) => {
        const known = values[name];
        if (known === undefined) throw new Error(`nothing is known of ${name}`);
        return known;
      })
      .replaceAll("$${", "${");
  }
  if (Array.isArray(value)) return value.map((item) => filledIn(item, values));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, filledIn(part, values)]));
}
