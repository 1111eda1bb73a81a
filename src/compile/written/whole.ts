import { digestOf } from "../../domain/digest.ts";
import { InternalError } from "../../domain/errors.ts";
import type { CompiledFile } from "../compiled-file.ts";
import { withLineFeeds } from "./lines.ts";

/** What the header of a file says that was compiled as a whole. */
export interface WholeFile {
  /** The default branch that it was compiled for. */
  readonly defaultBranch: string;
  /** Whether everything below the header is as it was compiled. */
  readonly untouched: boolean;
}

/** What a header says besides the digest. */
export interface HeaderAbout {
  readonly flowFile: string;
  readonly defaultBranch: string;
}

/**
 * The file with its header: what compiled it, for which default branch, and a digest of the rest, so that an edit by hand is
 * known. Line ends are line feeds.
 */
export function withHeader({ path, text, comment }: CompiledFile, about: HeaderAbout): string {
  const mark = `plangate:file ${about.defaultBranch} ${digestOf(`${about.defaultBranch}\n${text}`)}`;
  const words = `Compiled from ${nameIn(about.flowFile)} by \`plangate compile\`: change that, not this file.`;
  switch (comment) {
    case "#":
      return `# ${words}\n# ${mark}\n\n${text}`;
    case "<!--":
      return `<!-- ${words} -->\n<!-- ${mark} -->\n\n${text}`;
    case "json": {
      const rest = text.startsWith("{\n") ? text.slice("{\n".length) : undefined;
      if (rest === undefined || Object.hasOwn(JSON.parse(text) as object, "//"))
        throw new InternalError(`${path} is no JSON object in lines of its own, or has a comment at its top`);
      return `{\n  "//": ${JSON.stringify(`${words} ${mark}`)},\n${rest}`;
    }
  }
}

/** What the header says; null for a file that was not compiled as a whole. */
export function readHeader(text: string): WholeFile | null {
  const lines = withLineFeeds(text.replace(/^\ufeff/, ""));
  for (const { pattern, restOf } of forms) {
    const [head, defaultBranch, digest] = pattern.exec(lines) ?? [];
    if (head === undefined || defaultBranch === undefined) continue;
    const untouched = digestOf(`${defaultBranch}\n${restOf(lines.slice(head.length))}`) === digest;
    return { defaultBranch, untouched };
  }
  return null;
}

const marked = String.raw`plangate:file (\S+) (sha256:[0-9a-f]{64})`;

/** Each begins the file; what a person wrote above it makes the file theirs. */
const forms = [
  { pattern: new RegExp(`^# Compiled from [^\\n]*\\n# ${marked}\\n\\n`), restOf: (rest: string) => rest },
  { pattern: new RegExp(`^<!-- Compiled from [^\\n]* -->\\n<!-- ${marked} -->\\n\\n`), restOf: (rest: string) => rest },
  {
    pattern: new RegExp(`^\\{\\n {2}"//": "Compiled from [^\\n]* ${marked}",\\n`),
    restOf: (rest: string) => `{\n${rest}`,
  },
] as const;

/** A name that any comment can hold; another one is not repeated. */
function nameIn(flowFile: string): string {
  return /^[A-Za-z0-9][A-Za-z0-9._/-]*$/.test(flowFile) ? flowFile : "the flow file";
}
