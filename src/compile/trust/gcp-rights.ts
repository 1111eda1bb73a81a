import type { BundlesPlace } from "../../flow/flow.ts";
import { blockOf, shortOf } from "./naming.ts";
import type { Home } from "./places.ts";
import { askedFor, bucketOf, locksOf, type StatePlace } from "./states.ts";
import { googleTakes } from "./takes.ts";
import {
  type Expression,
  evaluated,
  expression,
  filled,
  type Template,
  type TerraformRecord,
} from "./terraform-json.ts";
import type { WantedIdentity } from "./wanted.ts";

/** A binding on a bucket, by the name of its block. */
type Named = readonly [name: string, binding: TerraformRecord];

/** What an identity may with states: bindings on their buckets, by name. The names of objects are shown, and no more. */
export function gcpRights(home: Home, one: WantedIdentity, bundles: BundlesPlace | null): readonly Named[] {
  const { phase } = one;
  const block = blockOf(one);
  const ofStates = [...Map.groupBy(home.states, ({ bucket }) => bucket).values()].flatMap((places) =>
    stateRights(home, places, { phase, block }),
  );
  return [...ofStates, ...(bundles === null || phase === "plan" ? [] : bundleRights(bundles, phase, block))];
}

/** As many as its condition may hold together, with the sign that tells their locks. */
const placesOfBinding = googleTakes.operators;

/**
 * What is done in one bucket. A binding is called after what it holds for: one more, or one less, leaves the others where
 * they are, since to take a binding away is to take it from every block that has the same.
 */
function stateRights(
  home: Home,
  places: readonly StatePlace[],
  { phase, block }: { readonly phase: WantedIdentity["phase"]; readonly block: string },
): readonly Named[] {
  const bucket = bucketOf({ bucket: places[0]?.bucket ?? null, objects: null }, home.environment, "gcp");
  const bind = binding({ bucket, block, title: "states" });
  const named = (what: string, role: string, condition?: Template): Named => [
    `${block}_${what}_${shortOf(JSON.stringify([text(bucket), text(condition ?? "")]))}`,
    bind(role, condition),
  ];
  return [
    named("find", "roles/storage.legacyBucketReader"),
    ...inParts(places.map((place) => startsWith(home, place))).flatMap((some) => {
      const states = some.reduce((all, one) => filled`${all} || ${one}`);
      if (phase !== "plan") return [named("write", "roles/storage.objectUser", states)];
      const group = some.length === 1 ? states : filled`(${states})`;
      const locks = filled`${group} && resource.name.endsWith('${locksOf("")}')`;
      return [named("read", "roles/storage.objectViewer", states), named("lock", "roles/storage.objectUser", locks)];
    }),
  ];
}

/** Who keeps bundles creates them, who applies reads them; a role that creates replaces nothing. */
function bundleRights({ bucket, prefix }: BundlesPlace, phase: "apply" | "bundles", block: string): readonly Named[] {
  const bind = binding({ bucket, block, title: "bundles" });
  const below = filled`resource.name.startsWith('projects/_/buckets/${bucket}/objects/${prefix}')`;
  return [
    [`${block}_find_bundles`, bind("roles/storage.legacyBucketReader")],
    [`${block}_read_bundles`, bind("roles/storage.objectViewer", below)],
    ...(phase === "bundles" ? [[`${block}_create_bundles`, bind("roles/storage.objectCreator", below)] as const] : []),
  ];
}

function binding({
  bucket,
  block,
  title,
}: {
  readonly bucket: string | Expression;
  readonly block: string;
  readonly title: string;
}) {
  return (role: string, condition?: Template): TerraformRecord => ({
    bucket,
    role,
    member: expression(`google_service_account.${block}.member`),
    ...(condition === undefined ? {} : { condition: { title, expression: condition } }),
  });
}

function startsWith({ environment }: Home, place: StatePlace): Template {
  const bucket = bucketOf(place, environment, "gcp");
  const head = place.objects === null ? askedFor("prefix", environment, "gcp") : place.objects.replace(/\*$/, "");
  return filled`resource.name.startsWith('projects/_/buckets/${bucket}/objects/${head}')`;
}

/** Each once, in parts that one binding may hold. */
function inParts(conditions: readonly Template[]): readonly (readonly Template[])[] {
  const each = [...new Map(conditions.map((one) => [text(one), one])).values()];
  return Array.from({ length: Math.ceil(each.length / placesOfBinding) }, (_, part) =>
    each.slice(part * placesOfBinding, (part + 1) * placesOfBinding),
  );
}

/** What tells one value from another; expressions by what they ask for. */
function text(value: string | Expression | Template): string {
  return String(evaluated(value, (code) => code));
}
