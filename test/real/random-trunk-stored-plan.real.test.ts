import { describe, it } from "vitest";
import { expectAgreement } from "../random/play.ts";

describe("random stories of trunk-stored-plan", () => {
  it("have one outcome on the model world and on the real one", () => expectAgreement("trunk-stored-plan"), 900_000);
});
