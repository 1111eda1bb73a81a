import type { InFile } from "./in-file.ts";
import { spotAt } from "./spot.ts";

/** Something that may be another program tomorrow, said in a file that names tools. */
export type UnpinnedTool = InFile<{
  readonly code: "tool-unpinned" | "image-unpinned" | "lock-file-ignored";
  readonly summary: string;
  readonly hint: string;
}>;

interface Rule {
  readonly file: RegExp;
  readonly line: RegExp;
  readonly found: (name: string) => Pick<UnpinnedTool, "code" | "summary" | "hint">;
}

const unpinned = (name: string) =>
  ({
    code: "tool-unpinned",
    summary: `"${name}" is whatever is newest when somebody looks, and may be another program tomorrow.`,
    hint: "Name one exact version: `1.11.4`.",
  }) as const;

const rules: readonly Rule[] = [
  {
    file: /(?:^|\/)\.(?:terraform|opentofu)-version$/,
    line: /^\s*((?:latest|min-required|latest-allowed)\S*)/gm,
    found: unpinned,
  },
  { file: /(?:^|\/)\.tool-versions$/, line: /^\s*(\S+\s+(?:latest|ref:)\S*)/gm, found: unpinned },
  {
    file: /(?:^|\/)(?:Dockerfile|Containerfile)(?:\.\w+)?$|\.Dockerfile$/,
    line: /^\s*FROM\s+(?:--\S+\s+)*((?!scratch\b)(?:[^\s:@$]+(?::\d+\/[^\s:@$]+)?)(?::latest)?)(?=\s|$)/gim,
    found: (name) => ({
      code: "image-unpinned",
      summary: `"${name}" is whatever image is newest when somebody builds.`,
      hint: "Name its digest: `name:1.2.3@sha256:…`.",
    }),
  },
  {
    file: /(?:^|\/)\.gitignore$/,
    line: /^((?!!|#)\S*(?:\.terraform\.lock\.hcl|\*\.lock\.hcl|\.terraform\*|\*\.hcl))[ \t]*\r?$/gm,
    found: (name) => ({
      code: "lock-file-ignored",
      summary: `"${name}" keeps dependency lock files out of Git, so nothing says which providers are started.`,
      hint: "Take the line out, and commit every .terraform.lock.hcl.",
    }),
  },
];

export function namesTools(file: string): boolean {
  return rules.some((rule) => rule.file.test(file));
}

export function unpinnedTools(text: string, file: string): readonly UnpinnedTool[] {
  return rules
    .filter((rule) => rule.file.test(file))
    .flatMap(({ line, found }) =>
      [...text.matchAll(line)]
        .filter((match) => !isStage(match[1] ?? "", text))
        .map((match) => ({
          ...found(match[1] ?? ""),
          file,
          ...spotAt(text, match.index + match[0].indexOf(match[1] ?? "")),
        })),
    );
}

/** `FROM build` may name a stage of the same file. */
function isStage(name: string, text: string): boolean {
  return new RegExp(`^\\s*FROM\\s.*\\sAS\\s+${name.replaceAll(/[^\w-]/g, "\\$&")}\\s*$`, "im").test(text);
}
