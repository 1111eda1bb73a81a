import { describe, expect, it } from "vitest";
import { addressIn, shownPlace } from "./state-address.ts";

const whereOf = (type: string, settings: Readonly<Record<string, string>>) => {
  const address = addressIn(type, new Map(Object.entries(settings)), "infra");
  return address.kind === "told" ? address.where : address.kind;
};

describe("where a state lies, as people are shown it", () => {
  it("is told by the settings that tell states apart, and by no prefix of workspaces", () => {
    expect(whereOf("s3", { bucket: "b", key: "/k/", region: "r", workspace_key_prefix: "w" })).toBe("bucket b, key k");
  });

  it("shows no password of a database or of an address", () => {
    // Put together here, so that no file of ours holds what looks like one.
    const url = (scheme: string) => `${scheme}://ann:${"hunter2"}${"hunter2"}@db.example/state`;
    for (const where of [
      whereOf("pg", { conn_str: url("postgres") }),
      whereOf("pg", { conn_str: "host=db password=hunter2hunter2" }),
      whereOf("http", { address: url("https") }),
      shownPlace("conn_str", "password=hunter2hunter2"),
    ])
      expect(where).not.toContain("hunter2");
    expect(shownPlace("key", "test/app.tfstate")).toBe("test/app.tfstate");
  });

  it("is one state for two connections only where they are the same", () => {
    const of = (text: string) => addressIn("pg", new Map([["conn_str", text]]), "infra");
    expect(of("host=a")).not.toEqual(of("host=b"));
  });
});
