import type { BundlesPlace } from "../../flow/flow.ts";
import type { Home } from "./places.ts";
import { askedFor, bucketOf, locksOf, type StatePlace } from "./states.ts";
import { type Expression, expression, filled, type Template, type TerraformRecord } from "./terraform-json.ts";
import type { WantedIdentity } from "./wanted.ts";

/** What an identity may with states: bindings on their buckets, by name. The names of objects are shown, and no more. */
export function gcpRights(
  home: Home,
  { phase }: WantedIdentity,
  { block, bundles }: { readonly block: string; readonly bundles: BundlesPlace | null },
): readonly (readonly [name: string, binding: TerraformRecord])[] {
  const ofStates = home.states.flatMap((place, index): readonly (readonly [string, TerraformRecord])[] => {
    const bucket = bucketOf(place, home.environment, "gcp");
    const bind = binding({ bucket, block, title: "states" });
    const named = (what: string) => `${block}_${what}_${index}`;
    const states = startsWith(home, place);
    const locks = filled`${states} && resource.name.endsWith('${locksOf("")}')`;
    return [
      [named("find"), bind("roles/storage.legacyBucketReader")],
      ...(phase === "plan"
        ? ([
            [named("read"), bind("roles/storage.objectViewer", states)],
            [named("lock"), bind("roles/storage.objectUser", locks)],
          ] as const)
        : ([[named("write"), bind("roles/storage.objectUser", states)]] as const)),
    ];
  });
  return [...ofStates, ...(bundles === null || phase === "plan" ? [] : bundleRights(bundles, phase, block))];
}

/** Who keeps bundles creates them, who applies reads them; a role that creates replaces nothing. */
function bundleRights(
  { bucket, prefix }: BundlesPlace,
  phase: "apply" | "bundles",
  block: string,
): readonly (readonly [string, TerraformRecord])[] {
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
