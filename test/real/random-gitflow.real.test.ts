import { describe, it } from "vitest";
import { expectAgreement } from "../random/play.ts";

describe("random stories of gitflow", () => {
  it("have one outcome on the model world and on the real one", () => expectAgreement("gitflow"), 900_000);
});
