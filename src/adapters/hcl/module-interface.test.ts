import { describe, expect, it } from "vitest";
import { readModuleInterface } from "./index.ts";

describe("readModuleInterface", () => {
  it("tells variables, whether they may be left out, and outputs", async () => {
    const text = `
variable "name" { type = string }
variable "size" {
  type    = number
  default = null
}
output "id" { value = module.x.default }
module "x" { source = "./x" }
`;
    expect(await readModuleInterface(text, "main.tf")).toEqual({
      variables: { name: { hasDefault: false }, size: { hasDefault: true } },
      outputs: ["id"],
    });
  });

  it("reads the JSON syntax too", async () => {
    const text = JSON.stringify({
      variable: { name: {}, size: { default: 3 } },
      output: { id: { value: "x" }, arn: { value: "y" } },
    });
    expect(await readModuleInterface(text, "main.tf.json")).toEqual({
      variables: { name: { hasDefault: false }, size: { hasDefault: true } },
      outputs: ["id", "arn"],
    });
  });

  it("says nothing of a file that cannot be read", async () => {
    expect(await readModuleInterface('variable "a" {', "main.tf")).toBeUndefined();
    expect(await readModuleInterface("[", "main.tf.json")).toBeUndefined();
  });

  it("takes no default of something inside a variable for its own", async () => {
    const text =
      'variable "a" {\n  validation {\n    condition     = var.a.default == 1\n    error_message = "x"\n  }\n}\n';
    expect(await readModuleInterface(text, "main.tf")).toEqual({
      variables: { a: { hasDefault: false } },
      outputs: [],
    });
  });
});
