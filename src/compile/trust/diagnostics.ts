import type { Flow } from "../../flow/index.ts";
import type { CompileAbout } from "../compiled-file.ts";
import { errorAt, type Found, warningAt } from "../found.ts";
import { planEnvironment, presentEnvironment } from "../names.ts";
import { folder } from "./folder.ts";
import type { Home } from "./places.ts";
import type { WithinReach } from "./reach.ts";
import { googleTakes } from "./takes.ts";
import { usualNumbers } from "./wanted.ts";

/** What keeps identities from being made at all, where the flow says that there are to be some. */
export function notTrusted(flow: Flow, { defaultBranch, stacks }: CompileAbout): readonly Found[] {
  const inside = stacks.find(({ root }) => root === folder || root.startsWith(`${folder}/`));
  return [
    ...(flow.repository === null
      ? [
          errorAt(
            [],
            "repository-unnamed",
            "Workflows are to have identities, and the flow does not say which repository they run in.",
            "Name it: repository: { owner: …, name: …, ownerId: …, id: … }.",
          ),
        ]
      : []),
    // A name that is code to a policy or a condition is none that can be compared.
    ...(/^[A-Za-z0-9][A-Za-z0-9._/-]*$/.test(defaultBranch)
      ? []
      : [
          errorAt(
            [],
            "branch-not-trusted",
            `No identity can be bound to the default branch "${defaultBranch}": policies read some of its characters in their own way.`,
            "Call it by letters, digits, `.`, `_`, `-` and `/`.",
          ),
        ]),
    ...(inside === undefined
      ? []
      : [
          errorAt(
            ["stacks"],
            "identity-delivered",
            `${inside.name} is made of ${inside.root}, where the identities are that deliver it: who may deliver it could become any of them.`,
            `Keep stacks out of ${folder}/: people apply what is there, with rights that no job has.`,
          ),
        ]),
  ];
}

/** Numbers that the flow lacks are asked from whoever makes the identities. */
export function numbersMissing({ repository }: Flow): readonly Found[] {
  if (repository === null || (repository.id !== null && repository.ownerId !== null)) return [];
  return [
    warningAt(
      ["repository"],
      "repository-by-name",
      "The flow names the repository without its numbers, and a name can be somebody else's tomorrow.",
      "Write ownerId and id under `repository`. Until then whoever makes the identities is asked for them.",
    ),
  ];
}

/** Rights in a place hold for all that is in it. */
export function homesShared(homes: readonly Home[], place: "account" | "project"): readonly Found[] {
  const shared = Map.groupBy(homes, (home) => home.in);
  return [...shared].flatMap(([name, all]) => {
    if (all.length < 2) return [];
    const environments = all.map(({ environment }) => environment);
    return [
      warningAt(
        ["environments", environments[0] ?? ""],
        "home-shared",
        `The ${place} ${name} is that of ${environments.join(" and ")}: what plans for one of them can look at the others there.`,
        `Their states are kept apart, and what applies is bounded by the rights that you name. Give what matters ${place === "account" ? "an account" : "a project"} of its own.`,
      ),
    ];
  });
}

/** What an apply has to read, and what is made here gives it no way to. */
export function bundlesOutOfReach(
  { bundles }: Flow,
  { aws, gcp }: { readonly aws: readonly Home[]; readonly gcp: readonly Home[] },
): readonly Found[] {
  if (bundles === null) return [];
  const [own, others] = bundles.kind === "s3" ? [aws, gcp] : [gcp, aws];
  const cloud = bundles.kind === "s3" ? "AWS" : "Google Cloud";
  const applies = ({ identities }: Home) => identities.some(({ phase }) => phase === "apply");
  const without = others.filter(
    (home) => applies(home) && !own.some(({ environment }) => environment === home.environment),
  );
  const foreign = own.filter(
    (home) => bundles.kind === "s3" && bundles.account !== null && applies(home) && home.in !== bundles.account,
  );
  return [
    ...without.map(({ environment }) =>
      warningAt(
        ["environments", environment],
        "bundles-out-of-reach",
        `What applies to ${environment} has no identity in ${cloud}, where the bundles are that it reads.`,
        `Give ${environment} a place there too under \`identity\`, or keep bundles in the cloud that it is in.`,
      ),
    ),
    ...foreign.map(({ environment, in: account }) =>
      warningAt(
        ["environments", environment],
        "bundles-elsewhere",
        `What applies to ${environment} is in the account ${account}, and the bucket of bundles is another account's.`,
        `Let the bucket's own policy give the apply role of ${environment} s3:GetObject on the bundles and s3:ListBucket.`,
      ),
    ),
  ];
}

export function statesMet(met: readonly WithinReach[]): readonly Found[] {
  return met.map(({ environments: [one, other], bucket }) =>
    errorAt(
      ["environments", one],
      "states-within-reach",
      other === presentEnvironment
        ? `States of ${one} would lie among the bundles in the bucket ${bucket}, and who plans for it writes there.`
        : `Identities of ${one} and ${other} would reach each other's states in the bucket ${bucket}: where stacks lie is not told apart by its name.`,
      other === presentEnvironment
        ? "Give bundles a bucket of their own, or a prefix that no state's name begins with."
        : "Put {environment} at the beginning of `key` or `prefix`, or give each environment a bucket of its own.",
    ),
  );
}

/** Google refuses a token whose subject is longer, so the job would fail. */
export function subjectsTooLong(homes: readonly Home[], flow: Flow): readonly Found[] {
  const holders = homes.flatMap(({ identities }) => identities.flatMap((one) => one.holders));
  const { owner = "", name = "", ownerId, id } = flow.repository ?? {};
  const numbers = `${ownerId ?? usualNumbers.ownerId}${id ?? usualNumbers.id}`;
  return holders.flatMap((holder) => {
    const { length } = `repo:${owner}@/${name}@:environment:${holder}${numbers}`;
    if (length <= googleTakes.subject) return [];
    return [
      errorAt(
        placeOfHolder(flow, holder),
        "subject-too-long",
        `The subject of jobs in "${holder}" has ${length} characters, and Google Cloud takes ${googleTakes.subject}.`,
        "Give the environment, its gate or the repository a shorter name.",
      ),
    ];
  });
}

/** Whose name it is: a gate's, or that of an environment. */
function placeOfHolder({ gates, environments }: Flow, holder: string): Found["at"] {
  if (holder === presentEnvironment) return ["bundles"];
  const is = ({ name }: { readonly name: string }) => name === holder;
  if (gates.some(is)) return ["gates", holder];
  const environment = environments.find((one) => is(one) || planEnvironment(one.name) === holder);
  return ["environments", environment?.name ?? holder];
}
