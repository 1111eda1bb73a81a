import { describe, expect, it } from "vitest";
import { readConfiguration } from "./configuration.ts";

describe("readConfiguration", () => {
  it("reads the same from JSON, and nothing from what is none", () => {
    const text = JSON.stringify({
      terraform: [{ backend: { s3: { key: "a" } } }],
      module: { net: { source: "../net" }, far: [{ source: "acme/far/aws" }] },
    });
    expect(readConfiguration({ "infra/main.tf.json": text, "other/main.tf.json": "{" })).toEqual([
      {
        folder: "infra",
        backend: "s3",
        settings: [{ name: "key", value: "a", file: "infra/main.tf.json", line: 1 }],
        calls: ["net"],
      },
      { folder: "other", backend: null, settings: [], calls: [] },
    ]);
  });

  it("reads backends and modules past comments, texts and heredocs", () => {
    const text = `# terraform { backend "wrong" {} }
/* module "no" { source = "./no" } */
locals { text = "module \\"no\\" { source = \\"./no\\" }" }
resource "x" "y" {
  script = <<-EOT
    terraform { backend "wrong" {} }
  EOT
  nested { source = "./no" }
}
terraform {
  required_version = ">= 1.0"
  backend "s3" {
    bucket = "b" // key = "no"
    region = "r"
  }
}
module "yes" {
  source  = "../modules/yes"
  version = "1"
}
module "remote" { source = "git::https://example.com/x.git" }
`;
    expect(
      readConfiguration({
        "stacks/app/main.tf": text,
        "stacks/app/other.tf": 'module "m0" {\n  source = "./inner"\n}\n',
        "top.tf": "terraform {\n  cloud {}\n}",
      }),
    ).toEqual([
      { folder: ".", backend: "cloud", settings: [], calls: [] },
      {
        folder: "stacks/app",
        backend: "s3",
        settings: [
          { name: "bucket", value: "b", file: "stacks/app/main.tf", line: 13 },
          { name: "region", value: "r", file: "stacks/app/main.tf", line: 14 },
        ],
        calls: ["stacks/modules/yes", "stacks/app/inner"],
      },
    ]);
  });
});
