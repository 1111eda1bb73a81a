/**
 * The keys of a store on this machine, handed out by role, so that each step of a delivery holds only what it needs:
 * plan seals, present opens, signs and seals, apply opens and checks signatures.
 */

export { type KeyFile, keyFiles } from "./files.ts";
export {
  type ApplyKeys,
  applyKeys,
  ensureKeys,
  makeDigestKey,
  type PresentKeys,
  planKeys,
  presentKeys,
  secretKey,
} from "./keys.ts";
export { isRecipient, makeSealingKeys, openerFor, recipientOf, sealerFor } from "./seal.ts";
export { makeSigningKeys } from "./sign.ts";
