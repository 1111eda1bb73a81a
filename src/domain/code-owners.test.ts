import { describe, expect, it } from "vitest";
import { ownersOf, parseCodeOwners } from "./code-owners.ts";

/** The logins that own the path, `-` when nobody does. */
function owners(text: string, path: string): string {
  const names = ownersOf(parseCodeOwners(text), path).map((owner) => {
    if (owner.kind === "login") return owner.login;
    return owner.kind === "team" ? `${owner.organization}/${owner.team}` : owner.email;
  });
  return names.length === 0 ? "-" : names.join(" ");
}

describe("ownersOf", () => {
  it.each([
    { pattern: "*", owns: ["a.tf", "a/b/c.tf"], leaves: [] },
    { pattern: "*.tf", owns: ["a.tf", "a/b/c.tf"], leaves: ["a.tfvars", "a.tf.json"] },
    { pattern: "/*.tf", owns: ["a.tf"], leaves: ["a/b.tf"] },
    { pattern: "/infra/", owns: ["infra/a.tf", "infra/b/c.tf"], leaves: ["x/infra/a.tf", "infra"] },
    { pattern: "infra/", owns: ["infra/a.tf", "x/infra/b/c.tf"], leaves: ["infra", "infrastructure/a.tf"] },
    { pattern: "infra", owns: ["infra", "infra/a.tf", "x/infra/a.tf"], leaves: ["infrastructure"] },
    { pattern: "/infra", owns: ["infra", "infra/a.tf"], leaves: ["x/infra/a.tf"] },
    { pattern: "docs/*", owns: ["docs/a.md"], leaves: ["docs/b/a.md", "x/docs/a.md"] },
    { pattern: "docs/a", owns: ["docs/a", "docs/a/b.md"], leaves: ["x/docs/a"] },
    { pattern: "**/logs", owns: ["logs", "logs/a", "x/y/logs/a"], leaves: ["x/mylogs"] },
    { pattern: "infra/**", owns: ["infra/a.tf", "infra/b/c.tf"], leaves: ["infra", "x/infra/a.tf"] },
    { pattern: "a/**/b", owns: ["a/b", "a/x/b", "a/x/y/b/c"], leaves: ["a/xb"] },
    { pattern: "/stacks/*/main.tf", owns: ["stacks/app/main.tf"], leaves: ["stacks/a/b/main.tf", "stacks/main.tf"] },
    { pattern: "net?.tf", owns: ["net1.tf", "a/netx.tf"], leaves: ["net.tf", "net/.tf"] },
    { pattern: "/a\\ b/", owns: ["a b/c"], leaves: ["a/c"] },
    { pattern: "Infra/", owns: ["Infra/a"], leaves: ["infra/a"] },
    { pattern: "/a.(b)+", owns: ["a.(b)+"], leaves: ["axbb"] },
  ])("matches $pattern as GitHub does", ({ pattern, owns, leaves }) => {
    for (const path of owns) expect(owners(`${pattern} @ann`, path), path).toBe("ann");
    for (const path of leaves) expect(owners(`${pattern} @ann`, path), path).toBe("-");
  });

  it("lets the last line that matches win, however much the others match", () => {
    const text = "/infra/network/ @net\n*.tf @ann\n/infra/ @bob";
    expect(owners(text, "infra/network/a.tf")).toBe("bob");
    expect(owners(text, "a.tf")).toBe("ann");
  });

  it("takes owners away with a line that names none", () => {
    expect(owners("* @ann\n/docs/ # anybody\n", "docs/a.md")).toBe("-");
  });

  it("reads people, teams and addresses, in lower case", () => {
    expect(owners("* @Ann @Acme/Network Ann@Acme.example # owners", "a")).toBe("ann acme/network ann@acme.example");
  });

  it("passes over lines that cannot be read, and comments", () => {
    const text = "# all\n\n* @ann\n!a @bob\n[ab] @bob\n/a ann\n/ @bob\n\\#a @bob\n";
    expect(parseCodeOwners(text).map(({ line }) => line)).toEqual([3]);
    expect(owners(text, "a")).toBe("ann");
  });

  it("says soon that a long path does not match a pattern of many folders", () => {
    const pattern = `/${"**/a/".repeat(20)}b`;
    expect(owners(`${pattern} @ann`, `${"a/".repeat(60)}c`)).toBe("-");
  });
});
