import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from "node:crypto";
import type { SignatureCheck, Signer } from "../../delivery/ports.ts";
import { digestOf } from "../../domain/digest.ts";
import { readKey } from "./files.ts";
import { damagedKey } from "./seal.ts";

export function makeSigningKeys(): { readonly signing: string; readonly trusted: string } {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519", {
    privateKeyEncoding: { format: "pem", type: "pkcs8" },
    publicKeyEncoding: { format: "pem", type: "spki" },
  });
  return { signing: privateKey, trusted: publicKey };
}

/** Ed25519 with the folder's own key. */
export async function readSigner(dir: string): Promise<Signer> {
  const key = parseKey(dir, "signing", await readKey(dir, "signing"));
  return {
    keyId: keyIdOf(createPublicKey(key)),
    sign: async (text) => ({ text, signature: sign(null, Buffer.from(text), key).toString("base64") }),
  };
}

/** Takes the signatures of the keys in the trusted file, each for its own key id only. */
export async function readSignatures(dir: string): Promise<SignatureCheck> {
  const file = await readKey(dir, "trusted");
  const blocks = file.match(/-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----/g) ?? [];
  if (blocks.length === 0) throw damagedKey(dir, "trusted");
  const keys = new Map(blocks.map((pem) => parseKey(dir, "trusted", pem)).map((key) => [keyIdOf(key), key]));
  return {
    verify: async ({ text, signature }, keyId) => {
      const key = keys.get(keyId);
      return key !== undefined && verify(null, Buffer.from(text), key, Buffer.from(signature, "base64"));
    },
  };
}

/** Names a key by its content, so that nothing else can have its name. */
function keyIdOf(publicKey: KeyObject): string {
  const digest = digestOf(publicKey.export({ format: "der", type: "spki" }));
  return `ed25519-${digest.slice("sha256:".length, "sha256:".length + 32)}`;
}

function parseKey(dir: string, file: "signing" | "trusted", pem: string): KeyObject {
  try {
    const key = file === "signing" ? createPrivateKey(pem) : createPublicKey(pem);
    if (key.asymmetricKeyType === "ed25519") return key;
  } catch {
    // Not a key: told below, without what OpenSSL says about its content.
  }
  throw damagedKey(dir, file);
}
