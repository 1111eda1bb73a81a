import type { ForgeSettings } from "../../domain/forge-settings.ts";
import type { SeenRepository } from "../../domain/seen-settings.ts";
import type { Flow } from "../../flow/index.ts";

/** What the flow would have GitHub do, whether it can here, and what holds where it cannot. */
export interface Capability {
  readonly feature: Feature;
  /** Null: it depends on GitHub's plan, which the token may not know. */
  readonly available: boolean | null;
  readonly why: string;
  /** What holds instead. */
  readonly fallback: string;
  /** Where GitHub says so. */
  readonly source: string;
}

export type Feature = (typeof features)[number]["feature"];

/** What is known of the repository: its plan counts only where it is not public. */
export type Host = Pick<SeenRepository, "visibility" | "plan">;

interface Told {
  readonly feature: string;
  /** Plans that offer it to private and internal repositories; every plan where none are named. */
  readonly privatePlans?: readonly string[];
  /** `app`: the workflow's own token cannot. `never`: GitHub has nothing like it. */
  readonly needs?: "app" | "never";
  readonly used: (flow: Flow, settings: ForgeSettings) => boolean;
  readonly what: string;
  readonly fallback: string;
  readonly source: string;
}

const docs = "https://docs.github.com/en";
const aboutRulesets = `${docs}/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets/about-rulesets`;
const rulesOfRulesets = `${docs}/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets/available-rules-for-rulesets`;
const aboutEnvironments = `${docs}/actions/reference/workflows-and-actions/deployments-and-environments`;
const aboutOwners = `${docs}/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners`;
const aboutToken = `${docs}/actions/concepts/security/github_token`;
const paid = ["pro", "team", "business", "enterprise", "business_plus"];
const enterprise = ["enterprise", "business_plus"];
const always = () => true;
const asksPeople = (_: Flow, { environments }: ForgeSettings) => environments.some((one) => one.reviewers.length > 0);

const features = [
  {
    feature: "rulesets",
    privatePlans: paid,
    used: always,
    what: "Rules for branches and tags",
    fallback:
      "Nothing keeps people from pushing past reviews; what they push is found, and applied nowhere before somebody accepted it.",
    source: aboutRulesets,
  },
  {
    feature: "environments",
    privatePlans: paid,
    used: always,
    what: "Environments with secrets, and branches that may use them",
    fallback:
      "None: without them every workflow of every branch could take the keys. Change the plan, or use plangate's own server.",
    source: aboutEnvironments,
  },
  {
    feature: "environment-reviewers",
    privatePlans: enterprise,
    used: asksPeople,
    what: "People whom an environment asks before a job starts",
    fallback: "Plangate's own gate asks: a review, or a comment with /plangate approve, judged again before the apply.",
    source: aboutEnvironments,
  },
  {
    feature: "environment-without-admin-bypass",
    privatePlans: enterprise,
    used: asksPeople,
    what: "Environments that administrators cannot pass",
    fallback: "Plangate's own gate: it asks GitHub who answered, and an administrator who did not is nobody.",
    source: aboutEnvironments,
  },
  {
    feature: "more-than-one-approval",
    needs: "never",
    used: ({ gates, environments }) =>
      [...gates, ...environments.flatMap(({ approvals }) => approvals ?? [])].some(({ count }) => count > 1),
    what: "More than one approval at an environment",
    fallback: "GitHub lets the job start at the first; plangate counts the answers and ends it as not yet.",
    source: aboutEnvironments,
  },
  {
    feature: "named-reviewers",
    needs: "never",
    used: ({ branches }) => branches.some(({ reviews }) => reviews?.by != null),
    what: "Whose reviews of a pull request count",
    fallback:
      "GitHub counts anybody with write access; where a branch asks for owners of code, one of these has to be among them. No stack is applied before those whom the flow names reviewed what it is made from.",
    source: rulesOfRulesets,
  },
  {
    feature: "owners-of-code",
    privatePlans: paid,
    used: (_, { rulesets }) =>
      rulesets.some(({ rules }) => rules.some(({ parameters }) => parameters?.require_code_owner_review === true)),
    what: "Merges that wait for an owner of each changed path",
    fallback:
      "None for the workflows, the flow and the keys: what is merged of these is in force at once, whoever reviewed it. Let nobody write but the owners, or change the plan.",
    source: aboutOwners,
  },
  {
    feature: "limited-pushes",
    needs: "never",
    used: ({ branches }) => branches.some((branch) => branch.protected && branch.directPush !== "never"),
    what: "Pushes of a limited size past pull requests",
    fallback:
      "What is pushed is measured afterwards; over the limit it is applied nowhere before somebody accepted it.",
    source: rulesOfRulesets,
  },
  {
    feature: "checks-of-one-workflow",
    needs: "never",
    used: always,
    what: "A required check that one workflow alone can give",
    fallback:
      "Any workflow of the repository can give one of that name. No apply relies on a check: all is judged again before it.",
    source: rulesOfRulesets,
  },
  {
    feature: "fast-forward",
    needs: "app",
    used: ({ branches }) => branches.some(({ merge }) => merge.includes("fast-forward")),
    what: "Merging by fast-forward",
    fallback: "Merge commits, which keep every commit.",
    source: rulesOfRulesets,
  },
  {
    feature: "record-written-by-plangate-alone",
    needs: "app",
    used: always,
    what: "A record that nobody else can write",
    fallback:
      "Whoever may push may add to the record; that is detected by its hashes and signatures, and not prevented.",
    source: rulesOfRulesets,
  },
  {
    feature: "teams",
    needs: "app",
    used: ({ teams }) => Object.values(teams).some(({ forgeTeam }) => forgeTeam !== null),
    what: "Reading who the members of a team are",
    fallback: "List the logins in the flow.",
    source: aboutToken,
  },
  {
    feature: "own-pull-requests",
    needs: "app",
    used: ({ branches }) => branches.some(({ backMerge }) => backMerge.length > 0),
    what: "Opening pull requests that start checks",
    fallback: "A person opens them, or closes and opens them again.",
    source: aboutToken,
  },
] as const satisfies readonly Told[];

/** Only what this flow makes use of. */
export function capabilitiesOf(flow: Flow, settings: ForgeSettings, host: Host): readonly Capability[] {
  const told: readonly (Told & { readonly feature: Feature })[] = features;
  return told
    .filter(({ used }) => used(flow, settings))
    .map((one) => {
      const { feature, fallback, source } = one;
      return { feature, fallback, source, ...availability(one, flow, host) };
    });
}

function availability(
  { what, needs, privatePlans }: Told,
  flow: Flow,
  { visibility, plan }: Host,
): Pick<Capability, "available" | "why"> {
  if (needs === "never") return { available: false, why: `${what}: GitHub has no rule for it.` };
  if (needs === "app") {
    return flow.identity === "app"
      ? { available: true, why: `${what}: the app may.` }
      : { available: false, why: `${what}: the workflow's own token may not; \`identity: app\` does.` };
  }
  if (privatePlans === undefined || visibility === "public") return { available: true, why: `${what}: on every plan.` };
  const offered = `for ${visibility} repositories with ${privatePlans.includes("pro") ? "Pro, Team and Enterprise" : "Enterprise alone"}`;
  if (plan === null) return { available: null, why: `${what}: ${offered}; the token may not know which this is.` };
  const available = privatePlans.includes(plan.toLowerCase());
  return { available, why: `${what}: ${offered}; this is ${plan}.` };
}
