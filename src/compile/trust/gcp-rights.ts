import type { Home } from "./places.ts";
import { askedFor, bucketOf, locksOf, type StatePlace } from "./states.ts";
import { expression, filled, type Template, type TerraformRecord } from "./terraform-json.ts";
import type { WantedIdentity } from "./wanted.ts";

/** What an identity may with states: bindings on their buckets, by name. The names of objects are shown, and no more. */
export function gcpRights(
  home: Home,
  { phase }: WantedIdentity,
  block: string,
): readonly (readonly [name: string, binding: TerraformRecord])[] {
  return home.states.flatMap((place, index) => {
    const bucket = bucketOf(place, home.environment, "gcp");
    const bind = (role: string, condition?: Template): TerraformRecord => ({
      bucket,
      role,
      member: expression(`google_service_account.${block}.member`),
      ...(condition === undefined ? {} : { condition: { title: "states", expression: condition } }),
    });
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
}

function startsWith({ environment }: Home, place: StatePlace): Template {
  const bucket = bucketOf(place, environment, "gcp");
  const head = place.objects === null ? askedFor("prefix", environment, "gcp") : place.objects.replace(/\*$/, "");
  return filled`resource.name.startsWith('projects/_/buckets/${bucket}/objects/${head}')`;
}
