import { describe, expect, it } from "vitest";
import { whyOtherBackend } from "./written-backend.ts";

const written = {
  type: "s3",
  settings: {
    bucket: "acme-prod",
    key: "app.tfstate",
    region: "eu-central-1",
    encrypt: "true",
    access_key: "no matter",
  },
};

const settings = {
  bucket: "acme-prod",
  key: "app.tfstate",
  region: "eu-central-1",
  encrypt: true,
  access_key: "AKIA",
  secret_key: "s",
  profile: null,
  assume_role: [],
  use_lockfile: false,
  endpoints: { s3: null },
};

const found = (change: object, of: { type?: string; workspace?: string } = {}) => ({
  type: "s3",
  workspace: "default",
  ...of,
  settings: { ...settings, ...change },
});

describe("a plan file's backend beside what is written", () => {
  it("is the same when every written setting is there and nothing else is but credentials", () => {
    expect(whyOtherBackend(found({}), written)).toBeNull();
  });

  it.each([
    ["another bucket", found({ bucket: "evil" }), "its setting bucket is another one in the configuration"],
    ["no key", found({ key: null }), "its setting key is another one in the configuration"],
    ["another type", found({}, { type: "local" }), "it is of type s3 by its configuration"],
    ["another workspace", found({}, { workspace: "evil" }), "it is of another workspace than the default one"],
    [
      "a setting that nobody wrote",
      found({ workspace_key_prefix: "evil" }),
      'its setting "workspace_key_prefix" stands in no file: write it into the backend\'s settings',
    ],
    [
      "one further down",
      found({ endpoints: { s3: "https://evil.example" } }),
      'its setting "endpoints.s3" stands in no file: write it into the backend\'s settings',
    ],
    [
      "one in a list",
      found({ assume_role: [{ role_arn: "arn:aws:iam::1:role/evil" }] }),
      'its setting "assume_role" stands in no file: write it into the backend\'s settings',
    ],
  ])("is another one with %s", (_, other, why) => {
    expect(whyOtherBackend(other, written)).toBe(why);
  });

  it("cannot be compared where a setting is computed", () => {
    expect(whyOtherBackend(found({}), { ...written, settings: { ...written.settings, key: null } })).toBe(
      "its setting key is not written as a plain value, so nobody can compare it",
    );
  });
});
