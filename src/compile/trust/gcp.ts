import { gcpRights } from "./gcp-rights.ts";
import { issuer } from "./main.ts";
import { accountName, blockOf, saidOf, shortOf } from "./naming.ts";
import type { Home, Making } from "./places.ts";
import { stateVariableOf } from "./state-variable.ts";
import { expression, filled, quoted, type Template, type TerraformRecord } from "./terraform-json.ts";
import type { RepositoryClaims, WantedIdentity } from "./wanted.ts";

const rolesVariable = { plan: "gcp_plan_roles", apply: "gcp_apply_roles" } as const;

/**
 * The identities in Google Cloud: a service account for each, and a pool of its own, which takes exactly the tokens of the
 * jobs that hold it. A pool that several shared would take a token for all of them, whichever of them its provider is for.
 */
export function gcpFile(making: Making, apart: readonly string[]): TerraformRecord {
  const { homes, claims, repository } = making;
  const all = homes.flatMap((home) => home.identities.map((one) => ({ home, one, block: blockOf(one) })));
  const each = (make: (about: (typeof all)[number]) => TerraformRecord): TerraformRecord =>
    Object.fromEntries(all.map((about) => [about.block, make(about)]));
  const nameOf = (one: WantedIdentity) => accountName(repository, one);
  const rights = all.flatMap(({ home, one }) => gcpRights(home, one, making.bundles));
  return {
    variable: { ...roleVariables(homes), ...stateVariableOf(homes, apart, "gcp") },
    resource: {
      google_service_account: each(({ home, one }) => ({
        project: home.in,
        account_id: nameOf(one),
        description: saidOf(one, claims.fullName),
      })),
      google_iam_workload_identity_pool: each(({ home, one }) => ({
        project: home.in,
        workload_identity_pool_id: nameOf(one),
        description: `Jobs that hold ${nameOf(one)}`,
      })),
      google_iam_workload_identity_pool_provider: each(({ home, one, block }) => ({
        project: home.in,
        workload_identity_pool_id: expression(`google_iam_workload_identity_pool.${block}.workload_identity_pool_id`),
        workload_identity_pool_provider_id: "github",
        attribute_mapping: { "google.subject": "assertion.sub" },
        attribute_condition: conditionOf(claims, one),
        oidc: { issuer_uri: filled`https://${issuer}` },
      })),
      google_service_account_iam_member: Object.fromEntries(
        all.flatMap(({ one, block }) =>
          one.holders.map((holder) => [
            // A binding that moves to another block is taken away by the one that it leaves.
            `${block}_${shortOf(holder)}`,
            {
              service_account_id: expression(`google_service_account.${block}.name`),
              role: "roles/iam.workloadIdentityUser",
              member: filled`principal://iam.googleapis.com/${expression(`google_iam_workload_identity_pool.${block}.name`)}/subject/${claims.subjectOf(holder)}`,
            },
          ]),
        ),
      ),
      google_project_iam_member: Object.fromEntries(
        all.flatMap(({ home, one: { phase }, block }) =>
          phase === "bundles"
            ? []
            : [
                [
                  block,
                  {
                    project: home.in,
                    for_each: expression(`var.${rolesVariable[phase]}[${quoted(home.environment)}]`),
                    role: expression("each.value"),
                    member: expression(`google_service_account.${block}.member`),
                  },
                ],
              ],
        ),
      ),
      ...(rights.length === 0 ? {} : { google_storage_bucket_iam_member: Object.fromEntries(rights) }),
    },
    output: {
      gcp_identities: {
        description:
          "For each environment of GitHub the values of its variables PLANGATE_GCP_PROVIDER and PLANGATE_GCP_SERVICE_ACCOUNT.",
        value: Object.fromEntries(
          all.flatMap(({ one, block }) =>
            one.holders.map((holder) => [
              holder,
              {
                provider: expression(`google_iam_workload_identity_pool_provider.${block}.name`),
                service_account: expression(`google_service_account.${block}.email`),
              },
            ]),
          ),
        ),
      },
    },
  };
}

/** Holds for tokens of exactly the jobs, and for no other: every claim is compared whole. */
export function conditionOf(
  { id, ownerId, subjectOf }: RepositoryClaims,
  { holders, ref, jobWorkflow }: WantedIdentity,
): Template {
  const subjects = holders.map(subjectOf).reduce((all, one) => filled`${all}', '${one}`);
  const onRef = ref === null ? filled`` : filled` && assertion.ref == '${ref}'`;
  const ofWorkflow = jobWorkflow === null ? filled`` : filled` && assertion.job_workflow_ref == '${jobWorkflow}'`;
  return filled`assertion.sub in ['${subjects}'] && assertion.repository_id == '${id}' && assertion.repository_owner_id == '${ownerId}'${onRef}${ofWorkflow}`;
}

/** Roles that reach every state of the project, or that make their holder somebody else. */
const tooMuch = [
  "^roles/(owner|editor|viewer)$",
  "^roles/storage\\\\.(admin|objectAdmin|objectCreator|objectUser|objectViewer|legacy)",
  "^roles/iam\\\\.(serviceAccount(Token|OpenIdToken)Creator|serviceAccountUser|serviceAccountKeyAdmin|serviceAccountAdmin|workloadIdentity|securityAdmin|roleAdmin|organizationRoleAdmin)",
  "^roles/resourcemanager\\\\..*(Admin|Owner)$",
];
/** What a plan has no use for, besides. */
const tooMuchToPlan = ["^roles/secretmanager\\\\.secretAccessor$", "[aA]dmin", "[eE]ditor", "Writer$", "Owner$"];

function roleVariables(homes: readonly Home[]): TerraformRecord {
  const phases = ["plan", "apply"] as const;
  return Object.fromEntries(
    phases.flatMap((phase) => {
      const holding = homes.filter(({ identities }) => identities.some((one) => one.phase === phase));
      if (holding.length === 0) return [];
      const name = rolesVariable[phase];
      const refused = [...tooMuch, ...(phase === "plan" ? tooMuchToPlan : [])];
      return [
        [
          name,
          {
            description: `For each of ${holding.map(({ environment }) => environment).join(", ")} the roles on its project of what ${phase === "plan" ? "plans: they read" : "applies"}. The state needs none.`,
            type: "map(set(string))",
            validation: [
              ...holding.map(({ environment }) => ({
                condition: expression(`can(var.${name}[${quoted(environment)}])`),
                error_message: `${environment} needs its roles: an empty list where it needs none but the state.`,
              })),
              {
                condition: expression(
                  `alltrue([for role in flatten([for roles in values(var.${name}) : tolist(roles)]) : !anytrue([for pattern in [${refused.map((pattern) => `"${pattern}"`).join(", ")}] : can(regex(pattern, role))])])`,
                ),
                error_message:
                  "One of the roles reaches the states of every environment in the project, or lets its holder act as somebody else: name roles for what stacks are made of.",
              },
            ],
          },
        ],
      ];
    }),
  );
}
