import { describe, it } from "vitest";
import { expectAgreement } from "../random/play.ts";

describe("random stories of trunk-demo", () => {
  it("have one outcome on the model world and on the real one", () => expectAgreement("trunk-demo"), 900_000);
});
