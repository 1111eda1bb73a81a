import { beforeEach, describe, expect, it } from "vitest";
import type { Opener, Sealer, SignatureCheck, Signer } from "../../src/delivery/ports.ts";

export interface KeySet {
  readonly sealer: Sealer;
  readonly opener: Opener;
  readonly signer: Signer;
  readonly signatures: SignatureCheck;
}

/** What keys promise, however they are kept. `make` gives a new set, trusted by itself and by no other. */
export function keyContract(name: string, make: () => Promise<KeySet>): void {
  describe(`key contract: ${name}`, () => {
    const plain = Uint8Array.from({ length: 200_000 }, (_, index) => (index * 7) % 256);
    let keys: KeySet;
    beforeEach(async () => {
      keys = await make();
    });

    it.each([0, 1, 65_536, 200_000])("opens what it sealed: %i bytes", async (length) => {
      const part = plain.subarray(0, length);
      const sealed = await keys.sealer.seal(part);
      expect(Buffer.from(await keys.opener.open(sealed)).equals(part)).toBe(true);
    });

    it("seals the same content differently each time, and shows nothing of it", async () => {
      const text = new TextEncoder().encode("secret password");
      const [one, two] = await Promise.all([keys.sealer.seal(text), keys.sealer.seal(text)]);
      expect(Buffer.from(one).equals(two)).toBe(false);
      expect(Buffer.from(one).includes("password")).toBe(false);
    });

    it("opens nothing that was altered, wherever", async () => {
      const sealed = await keys.sealer.seal(plain);
      const flipped = (at: number) => sealed.map((byte, index) => (index === at ? byte ^ 1 : byte));
      for (const at of [0, 30, 120, 250, 70_000, sealed.length - 1]) {
        await expect(keys.opener.open(flipped(at))).rejects.toMatchObject({ code: "bundle-altered", reaction: "stop" });
      }
      for (const part of [sealed.subarray(0, -1), sealed.subarray(0, 65_536 + 216), new Uint8Array(), plain]) {
        await expect(keys.opener.open(part)).rejects.toMatchObject({ code: "bundle-altered" });
      }
      await expect(keys.opener.open(Buffer.concat([sealed, Buffer.of(0)]))).rejects.toMatchObject({
        code: "bundle-altered",
      });
    });

    it("opens nothing that was sealed for somebody else", async () => {
      const other = await make();
      await expect(keys.opener.open(await other.sealer.seal(plain))).rejects.toMatchObject({ code: "bundle-altered" });
    });

    it("knows its own signature, over the same text, under the same key id", async () => {
      const { keyId } = keys.signer;
      const signed = await keys.signer.sign('{"stack":"prod/nétwork"}');
      expect(await keys.signatures.verify(signed, keyId)).toBe(true);
      expect(await keys.signatures.verify({ ...signed, text: `${signed.text} ` }, keyId)).toBe(false);
      expect(await keys.signatures.verify(signed, "ed25519-other")).toBe(false);
      for (const signature of [
        "",
        "AAAA",
        "no base64 at all!",
        signed.signature.slice(4),
        `AAAA${signed.signature.slice(4)}`,
      ]) {
        expect(await keys.signatures.verify({ ...signed, signature }, keyId)).toBe(false);
      }
    });

    it("knows no key but its own", async () => {
      const other = await make();
      const signed = await other.signer.sign("text");
      expect(other.signer.keyId).not.toBe(keys.signer.keyId);
      expect(await keys.signatures.verify(signed, other.signer.keyId)).toBe(false);
      expect(await keys.signatures.verify(signed, keys.signer.keyId)).toBe(false);
    });
  });
}
