import type { RefFacts } from "../../domain/facts.ts";
import type { Delivery } from "../delivery.ts";

/**
 * A ref as the forge tells it, and for the tag of a release that plangate made also as the record has it: what a forge keeps
 * of a release, everybody with write access may edit where releases are not immutable, and so make a tag that was moved look
 * as if it had been made there.
 */
export async function refOf(
  { forge, store }: Pick<Delivery, "forge" | "store">,
  ref: string,
): Promise<RefFacts | undefined> {
  const told = await forge.ref(ref);
  if (told === undefined || told.release === null || told.release.moved) return told;
  const tag = told.ref.slice("tag:".length);
  let released: unknown;
  for await (const { kind, body } of store.ledger())
    if (kind === "released" && body.tag === tag) released = body.commit;
  if (released === undefined || released === told.commit) return told;
  return { ...told, release: { ...told.release, moved: true } };
}
