import { ExtData, encode } from "@msgpack/msgpack";
import { describe, expect, it } from "vitest";
import { readZip, swapSnapshot, writeZip, type ZipEntry } from "../../testing/plan-file.ts";
import { readPlanFile } from "./index.ts";
import { readWire } from "./wire.ts";

function field(number: number, content: Uint8Array | string): Buffer {
  const bytes = Buffer.from(content);
  expect(bytes.length).toBeLessThan(128 * 128);
  const length = bytes.length < 128 ? [bytes.length] : [(bytes.length & 0x7f) | 0x80, bytes.length >> 7];
  return Buffer.concat([Buffer.from([number * 8 + 2, ...length]), bytes]);
}
const settings = { path: "/state", workspace_dir: null, later: new ExtData(0, new Uint8Array(1)) };
const config = field(2, field(1, encode(settings)));
const backend = Buffer.concat([field(1, "local"), config, field(3, "default")]);
const version = Buffer.from([8, 3]);
const tfplan = Buffer.concat([version, field(14, "1.11.4"), field(13, backend)]);
const state = { version: 4, serial: 7, lineage: "l-1" };

const honest: Readonly<Record<string, Uint8Array | string>> = {
  tfplan,
  tfstate: JSON.stringify(state),
  "tfstate-prev": JSON.stringify(state),
  "tfconfig/m-/main.tf": "# root",
  "tfconfig/m-net.sub/main.tf": "# sub",
  "tfconfig/modules.json": JSON.stringify([
    { Key: "", Dir: "." },
    { Key: "net.sub", Source: "registry.terraform.io/a/b/c", Version: "1.2.3", Dir: ".terraform/modules/net.sub" },
  ]),
  ".terraform.lock.hcl": "# locked",
};
const entriesOf = (files: Readonly<Record<string, Uint8Array | string | undefined>>): ZipEntry[] =>
  Object.entries(files).flatMap(([name, content]) => (content === undefined ? [] : [{ name, content }]));
const planOf = (change: Readonly<Record<string, Uint8Array | string | undefined>> = {}) =>
  writeZip(entriesOf({ ...honest, ...change }));
const withEntry = (entry: ZipEntry) => writeZip([...entriesOf(honest), entry]);
const json = (value: unknown) => JSON.stringify(value);

describe("readPlanFile", () => {
  it("reads configuration, lock file, backend and state", async () => {
    const contents = await readPlanFile(planOf());
    expect(contents.backend).toEqual({
      type: "local",
      workspace: "default",
      settings: { path: "/state", workspace_dir: null, later: { unknown: true } },
    });
    expect(contents.state).toEqual({ lineage: "l-1", serial: 7 });
    expect(Buffer.from(contents.lockFile ?? []).toString()).toBe("# locked");
    expect(contents.modules.map(({ files, ...module }) => ({ ...module, files: Object.keys(files) }))).toEqual([
      { key: "", source: "", version: null, dir: ".", files: ["main.tf"] },
      {
        key: "net.sub",
        source: "registry.terraform.io/a/b/c",
        version: "1.2.3",
        dir: ".terraform/modules/net.sub",
        files: ["main.tf"],
      },
    ]);
  });

  it("knows a state that was never written, and a plan without a lock file", async () => {
    const contents = await readPlanFile(
      planOf({ tfstate: json({ serial: 0, lineage: "" }), ".terraform.lock.hcl": undefined }),
    );
    expect(contents).toMatchObject({ state: { lineage: null, serial: 0 }, lockFile: null });
  });

  it("takes a file named like a part of every object for a file", async () => {
    const contents = await readPlanFile(planOf({ "tfconfig/m-/__proto__": "x" }));
    expect(Object.keys(contents.modules[0]?.files ?? {})).toContain("__proto__");
  });

  it.each<[string, Uint8Array, RegExp]>([
    ["nothing", new Uint8Array(), /does not end like a zip/],
    ["no archive", Buffer.from('{"serial": 1}'.repeat(5)), /does not end like a zip/],
    ["something in front", writeZip(entriesOf(honest), { prefix: "#!/bin/sh\n" }), /does not follow/],
    ["something behind", Buffer.concat([planOf(), Buffer.from("x")]), /does not end like a zip/],
    ["a comment", writeZip(entriesOf(honest), { comment: "hello" }), /does not end like a zip/],
    ["half of it", planOf().subarray(0, 500), /does not end like a zip/],
    ["a name twice", withEntry({ name: "tfplan", content: "other" }), /two entries named "tfplan"/],
    ["an unknown entry", planOf({ "extra.txt": "" }), /unknown entry "extra.txt"/],
    ["a name that climbs", planOf({ "tfconfig/m-/../x.tf": "" }), /invalid relative path|is no file/],
    ["an absolute name", planOf({ "/etc/passwd": "" }), /absolute path/],
    ["a name with a backslash", planOf({ "tfconfig/m-\\main.tf": "" }), /invalid characters|not a file's name/],
    ["a folder", planOf({ "tfconfig/m-/x/": "" }), /not a file's name/],
    ["a control character", planOf({ "tfconfig/m-/a\n.tf": "" }), /not a file's name/],
    ["a file deeper in a module", planOf({ "tfconfig/m-/x/y.tf": "" }), /is no file of a module/],
    ["a module that is not listed", planOf({ "tfconfig/m-evil/main.tf": "" }), /does not list/],
    [
      "a size that is a lie",
      withEntry({ name: "tfconfig/m-/b.tf", content: "x".repeat(1000), claimedSize: 10 }),
      /bytes|damaged/,
    ],
    ["a bomb", withEntry({ name: "tfconfig/m-/b.tf", content: "x", claimedSize: 0xfffffff0 }), /more than 1024 MiB/],
    [
      "another name in front of the content",
      withEntry({ name: "tfconfig/m-/b.tf", localName: "tfconfig/m-/c.tf", content: "" }),
      /do not agree/,
    ],
    ["encryption", withEntry({ name: "tfconfig/m-/b.tf", content: "", flags: 0x801 }), /encrypted/],
    ["an unknown packing", withEntry({ name: "tfconfig/m-/b.tf", content: "", method: 12 }), /unknown way/],
    [
      "a name in another encoding",
      withEntry({ name: "tfconfig/m-/\u00e9.tf", content: "", flags: 0 }),
      /no known encoding/,
    ],
    [
      "a name that an extra field replaces",
      withEntry({ name: "tfconfig/m-/b.tf", content: "", extra: Buffer.from([0x75, 0x70, 6, 0, 1, 0, 0, 0, 0, 65]) }),
      /unknown extra field/,
    ],
    ["no plan", planOf({ tfplan: undefined }), /no entry tfplan/],
    ["no modules", planOf({ "tfconfig/modules.json": undefined }), /no entry tfconfig\/modules.json/],
    ["modules that are none", planOf({ "tfconfig/modules.json": "{}" }), /no list/],
    [
      "a module twice",
      planOf({ "tfconfig/modules.json": json([{ Key: "" }, { Key: "" }, { Key: "net.sub" }]) }),
      /lists a module twice/,
    ],
    [
      "a second spelling of a field",
      planOf({ "tfconfig/modules.json": '[{"Key":"","Dir":".","dir":"../x"}]' }),
      /field "dir"/,
    ],
    ["a number for a name", planOf({ "tfconfig/modules.json": '[{"Key":1}]' }), /Key that is no text/],
    ["a state without a serial", planOf({ tfstate: json({ lineage: "x" }) }), /no lineage or no serial/],
    ["a second spelling of the serial", planOf({ tfstate: json({ ...state, Serial: 9 }) }), /no lineage or no serial/],
    ["a state that is no JSON", planOf({ tfstate: "{" }), /not JSON/],
    ["another format", planOf({ tfplan: Buffer.from([8, 4]) }), /another format/],
    ["no backend", planOf({ tfplan: version }), /names no backend/],
    ["two backends", planOf({ tfplan: Buffer.concat([tfplan, field(13, backend)]) }), /field 13 is there twice/],
    [
      "two backend types",
      planOf({ tfplan: Buffer.concat([version, field(13, Buffer.concat([backend, field(1, "http")]))]) }),
      /field 1 is there twice/,
    ],
    [
      "a backend with more than is known",
      planOf({ tfplan: Buffer.concat([version, field(13, Buffer.concat([backend, field(9, "x")]))]) }),
      /unknown field 9/,
    ],
    ["a plan that is cut off", planOf({ tfplan: tfplan.subarray(0, tfplan.length - 3) }), /cut off/],
    ["a plan that is something else", planOf({ tfplan: "hello" }), /kind|cut off|format/],
  ])("refuses %s", async (_, bytes, why) => {
    const reading = readPlanFile(bytes);
    await expect(reading).rejects.toMatchObject({ code: "plan-file-unreadable", reaction: "stop" });
    await expect(reading).rejects.toThrow(why);
  });
});

describe("swapSnapshot", () => {
  it("changes the configuration and nothing else", async () => {
    const swapped = swapSnapshot(planOf(), {
      "main.tf": "# evil",
      "net.sub/main.tf": "# evil too",
      "more.tf": "# new",
    });
    const contents = await readPlanFile(swapped);
    const texts = contents.modules.map(({ files }) => Object.values(files).map((file) => Buffer.from(file).toString()));
    expect(texts).toEqual([["# evil", "# new"], ["# evil too"]]);
    const others = (bytes: Uint8Array) => readZip(bytes).filter(({ name }) => !name.startsWith("tfconfig/m-"));
    expect(others(swapped)).toEqual(others(planOf()));
  });
});

describe("readWire", () => {
  it("reads every kind of field", () => {
    const message = Buffer.from([8, 0xac, 2, 0x11, 1, 0, 0, 0, 0, 0, 0, 0, 0x1a, 1, 65, 0x25, 2, 0, 0, 0]);
    expect(readWire(message)).toEqual([
      { number: 1, value: 300n },
      { number: 2, value: 1n },
      { number: 3, value: Buffer.from("A") },
      { number: 4, value: 2 },
    ]);
  });

  it.each([
    [[8], /cut off/],
    [[8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1], /too long/],
    [[0x0a, 5, 1], /cut off/],
    [[0x0b], /no known kind/],
  ])("refuses %j", (bytes, why) => {
    expect(() => readWire(Buffer.from(bytes))).toThrow(why);
  });
});
