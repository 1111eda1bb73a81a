import { describe, expect, it } from "vitest";
import { tellsStatesApart } from "./state-place.ts";

describe("tellsStatesApart", () => {
  it.each([
    { name: "a file of each environment", backend: ["env/{environment}.hcl"], apart: true },
    { name: "a key of each", backend: ["key={environment}/app"], apart: true },
    { name: "a key that a later one takes the place of", backend: ["key={environment}/app", "key=app"], apart: false },
    { name: "a region, which says how to get there", backend: ["region={environment}"], apart: false },
    // Of other workspaces than the default one, and no other is ever used.
    {
      name: "what begins the keys of workspaces",
      backend: ["key=app", "workspace_key_prefix={environment}"],
      apart: false,
    },
    {
      name: "where workspaces of local states lie",
      backend: ["path=app", "workspace_dir={environment}"],
      apart: false,
    },
  ])("$name: $apart", ({ backend, apart }) => {
    expect(tellsStatesApart(backend, "environment")).toBe(apart);
  });
});
