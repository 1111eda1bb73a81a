import { describe, it } from "vitest";
import { expectAgreement } from "../random/play.ts";

describe("random stories of integration-branch", () => {
  it("have one outcome on the model world and on the real one", () => expectAgreement("integration-branch"), 900_000);
});
