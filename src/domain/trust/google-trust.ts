import { type CelMap, type CelNames, type CelValue, evaluateCel } from "./cel.ts";
import { type Answer, answer, both, type Claims, either, type GoogleAccount, type GoogleProvider } from "./trust.ts";

/** Google takes no longer subject from a token. */
const longestSubject = 127;

/** What a pool makes of a token: the names by which its bindings know the holder. Null where it takes none. */
export interface Federated {
  readonly pool: string;
  /** `yes`, or `untold` where the condition is not one that can be read here. */
  readonly taken: Exclude<Answer, "no">;
  readonly subject: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Whether the provider takes the token: of its issuer, for its audience, and past its condition. */
export function federate(provider: GoogleProvider, claims: Claims): Federated | null {
  if (claims.iss !== provider.issuer || !isFor(provider, claims)) return null;
  const assertion = celOf(claims);
  const mapped = Object.entries(provider.mapping).map(
    ([name, text]) => [name, evaluateCel(text, { assertion })] as const,
  );
  // A token of which a name cannot be made is refused.
  if (mapped.some(([, { kind }]) => kind === "error")) return null;
  const names = Object.fromEntries(
    mapped.map(([name, result]) => [name, result.kind === "value" ? result.value : unread]),
  );
  const subject = names["google.subject"];
  if (typeof subject !== "string" || subject === "" || subject.length > longestSubject) return null;
  const attributes = Object.fromEntries(
    Object.entries(names).flatMap(([name, value]) =>
      name.startsWith("attribute.") ? [[name.slice("attribute.".length), String(value)]] : [],
    ),
  );
  const computed = mapped.some(([, { kind }]) => kind === "unknown");
  const taken = both(
    conditionOf(provider, { assertion, google: { subject }, attribute: attributes }),
    computed ? "untold" : "yes",
  );
  const pool = provider.name.split("/providers/", 1)[0] ?? "";
  return taken === "no" ? null : { pool, taken, subject, attributes };
}

/** What a mapping gives that is not read here. */
const unread = "…";

function isFor({ name, audiences }: GoogleProvider, { aud }: Claims): boolean {
  const own = `iam.googleapis.com/${name}`;
  const taken = audiences.length > 0 ? audiences : [`//${own}`, `https://${own}`];
  return [aud].flat().some((one) => typeof one === "string" && taken.includes(one));
}

function conditionOf({ condition }: GoogleProvider, names: CelNames): Answer {
  if (condition === null) return "yes";
  const result = evaluateCel(condition, names);
  if (result.kind === "value") return answer(result.value === true);
  return result.kind === "error" ? "no" : "untold";
}

/** Whether one of the account's members is the holder: by subject, by an attribute, or as anybody of the pool. */
export function mayActAs({ members }: GoogleAccount, { pool, taken, subject, attributes }: Federated): Answer {
  const top = `iam.googleapis.com/${pool}`;
  return either(
    ...members.map((member): Answer => {
      if (member === "allUsers" || member === "allAuthenticatedUsers" || member === `principalSet://${top}/*`)
        return taken;
      if (member === `principal://${top}/subject/${subject}`) return taken;
      if (subject === unread && member.startsWith(`principal://${top}/subject/`)) return "untold";
      return either(
        ...Object.entries(attributes).map(([name, value]): Answer => {
          const set = `principalSet://${top}/attribute.${name}/`;
          if (value === unread) return answer(member.startsWith(set)) === "yes" ? "untold" : "no";
          return both(taken, answer(member === `${set}${value}`));
        }),
      );
    }),
  );
}

function celOf(claims: Claims): CelMap {
  return Object.fromEntries(
    Object.entries(claims).flatMap(([name, value]) => {
      const read = celValue(value);
      return read === undefined ? [] : [[name, read]];
    }),
  );
}

function celValue(value: unknown): CelValue | undefined {
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    return value;
  if (Array.isArray(value)) return value.map((item) => celValue(item) ?? null);
  return typeof value === "object" ? celOf(value as Claims) : undefined;
}
