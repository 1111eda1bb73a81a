import { beforeEach, describe, expect, it } from "vitest";
import type { BundleStore } from "../../src/delivery/ports.ts";
import { digestOf } from "../../src/domain/digest.ts";
import { InternalError } from "../../src/domain/errors.ts";

/** What every bundle store promises. `open` gives a new, empty one. */
export function bundleContract(name: string, open: () => Promise<BundleStore>): void {
  describe(`bundle contract: ${name}`, () => {
    const signed = { text: '{"stack":"prod/network"}', signature: "c2ln" };
    const plan = digestOf(signed.text);
    const bytes = (text: string) => new TextEncoder().encode(text);
    let bundles: BundleStore;
    beforeEach(async () => {
      bundles = await open();
    });

    it("gives back what was put, byte for byte", async () => {
      const every = Uint8Array.from({ length: 70_000 }, (_, index) => index % 256);
      await bundles.put(plan, signed, {
        tfplan: every,
        ".terraform.lock.hcl": bytes("lock"),
        "files/empty": new Uint8Array(),
      });
      expect(await bundles.manifest(plan)).toEqual(signed);
      expect(Buffer.from((await bundles.part(plan, "tfplan")) ?? []).equals(every)).toBe(true);
      expect(await bundles.part(plan, "files/empty")).toHaveLength(0);
    });

    it("knows nothing of what was not put", async () => {
      expect(await bundles.manifest(plan)).toBeUndefined();
      expect(await bundles.part(plan, "tfplan")).toBeUndefined();
      await bundles.put(plan, signed, {});
      expect(await bundles.manifest(plan)).toEqual(signed);
      expect(await bundles.part(plan, "tfplan")).toBeUndefined();
    });

    it("never replaces a bundle", async () => {
      await bundles.put(plan, signed, { tfplan: bytes("first") });
      await bundles.put(plan, { ...signed, signature: "b3RoZXI=" }, { tfplan: bytes("second"), more: bytes("more") });
      expect(await bundles.manifest(plan)).toEqual(signed);
      expect(Buffer.from((await bundles.part(plan, "tfplan")) ?? []).toString()).toBe("first");
      expect(await bundles.part(plan, "more")).toBeUndefined();
    });

    it("takes one of two that are put at the same time, whole", async () => {
      const put = (text: string) => bundles.put(plan, signed, { a: bytes(text), b: bytes(text) });
      await Promise.all([put("one"), put("two"), put("three")]);
      const [a, b] = await Promise.all([bundles.part(plan, "a"), bundles.part(plan, "b")]);
      expect(a).toHaveLength(b?.length ?? -1);
      expect(a).toEqual(b);
    });

    it("keeps names that would lead elsewhere apart, as names", async () => {
      const names = [
        "files/../../x",
        "/etc/passwd",
        "..",
        ".",
        "",
        "manifest.json",
        "files/A",
        "files/a",
        "nul\0byte",
        "line\nbreak",
        `files/${"long/".repeat(300)}`,
        "__proto__",
      ];
      await bundles.put(plan, signed, Object.fromEntries(names.map((name) => [name, bytes(`of ${name}`)])));
      for (const name of names)
        expect(Buffer.from((await bundles.part(plan, name)) ?? []).toString()).toBe(`of ${name}`);
      expect(await bundles.manifest(plan)).toEqual(signed);
      expect(await bundles.part(plan, "etc/passwd")).toBeUndefined();
    });

    it("refuses a manifest under another digest than its own", async () => {
      await expect(bundles.put(digestOf("other"), signed, {})).rejects.toThrow(InternalError);
      expect(await bundles.manifest(digestOf("other"))).toBeUndefined();
    });
  });
}
