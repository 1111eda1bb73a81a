import { type CodeOwner, type CodeOwnersLine, lineFor, parseCodeOwners } from "../../domain/code-owners.ts";
import type { Diagnostic } from "../../domain/diagnostic.ts";
import { publicKeysFile } from "../../domain/public-keys.ts";
import { type BranchClass, branchClassOf, type Flow, type PeopleRef, type StackPattern } from "../../flow/index.ts";
import { asksOwners, governorsOf, namesIn } from "../../flow/owners.ts";
import type { CompileAbout, Compiled, CompiledFile } from "../compiled-file.ts";
import { trustFolder } from "../trust/index.ts";
import { readRegion, regionNameOf } from "../written/region.ts";

export const codeOwnersFile = ".github/CODEOWNERS";

/**
 * Who GitHub asks to look at what: at everything where a branch says that owners of code are asked, else at what stacks are
 * made from, where the default branch names its reviewers; and always at the files that govern delivery. The last line that
 * matches counts, so these are two regions: what people write between them counts for more than the first, and the second
 * for more than what people wrote. No file where the flow names nobody.
 */
export function compileCodeOwners(flow: Flow, about: CompileAbout): Compiled {
  const asking = flow.branches.filter(({ reviews }) => reviews?.codeOwners === true);
  const governors = ownersText(flow, governorsOf(flow, about.defaultBranch));
  if (governors === "") return { files: [], diagnostics: asking.map((branch) => nobodyNamed(branch, about)) };
  const region = (place: "before" | "last", lines: readonly string[]): CompiledFile => {
    return { path: codeOwnersFile, form: "region", text: `${lines.join("\n")}\n`, comment: "#", place };
  };
  return {
    files: [
      region("before", stackLines(flow, { asking, governors, ...about })),
      region("last", [
        "# What governs delivery. `plangate compile` refuses lines below that take it from its owners.",
        ...trustedPatterns(about).map((pattern) => `${pattern} ${governors}`),
      ]),
    ],
    diagnostics: different(flow, asking, about),
  };
}

/**
 * Whoever reviews the default branch owns what stacks are made from. Where that takes anybody's review, GitHub would ask for
 * more than the flow does, so nobody owns it.
 */
function stackLines(
  flow: Flow,
  {
    asking,
    governors,
    defaultBranch,
  }: { readonly asking: readonly BranchClass[]; readonly governors: string; readonly defaultBranch: string },
): readonly string[] {
  const head = (what: string) =>
    `# ${what}, by those whom the flow lets review. The last line that matches a path counts: lines of your own stand below.`;
  const trunk = branchClassOf(flow, defaultBranch);
  const askedBy = [...asking, ...(trunk !== undefined && asksOwners(flow, trunk, defaultBranch) ? [trunk] : [])];
  if (asking.length > 0) {
    const reviewers = ownersText(
      flow,
      askedBy.flatMap(({ reviews }) => reviews?.by ?? []),
    );
    return [head("Everything"), `* ${reviewers === "" ? governors : reviewers}`];
  }
  if (askedBy.some(({ reviews }) => reviews?.by == null))
    return [
      "# Nobody owns what stacks are made from: the flow takes anybody's review of it. Lines of your own stand below.",
    ];
  return [
    head("What stacks are made from"),
    ...new Set(flow.stacks.flatMap(patternsOf).map((pattern) => `${pattern} ${governors}`)),
  ];
}

/** Paths that each hold a file which governs delivery, to be tried against a whole file of owners. */
export function trustedPaths({ flowFile }: Pick<CompileAbout, "flowFile">): readonly string[] {
  return [flowFile, codeOwnersFile, ".github/workflows/plangate.yml", ".github/plangate/settings.yaml", publicKeysFile];
}

function trustedPatterns({ flowFile }: CompileAbout): readonly string[] {
  return [`/${patternOf(flowFile)}`, "/.github/", "/CODEOWNERS", "/docs/CODEOWNERS", `/${trustFolder}/`];
}

/** `@acme/network @ann` */
function ownersText(flow: Flow, people: readonly PeopleRef[]): string {
  return namesIn(flow, people)
    .map((name) => `@${name}`)
    .join(" ");
}

function patternsOf({ root, backend, vars, depends }: StackPattern): readonly string[] {
  const files = [...backend.filter((setting) => !setting.includes("=")), ...vars, ...depends];
  return [root === "." ? "*" : `/${patternOf(root)}/`, ...files.map((file) => `/${patternOf(file)}`)];
}

/**
 * A path or glob of the flow as a pattern of owners, which knows no classes of characters and no template: what it cannot say
 * is said wider. A blank would end it.
 */
function patternOf(path: string): string {
  return path
    .replaceAll(/\{[^}]*\}/g, "*")
    .replaceAll(/\*{3,}/g, "**")
    .replaceAll(/[\p{C}\p{Z}[\]\\](?<! )/gu, "?")
    .replaceAll(" ", "\\ ");
}

function nobodyNamed({ name }: BranchClass, { flowFile }: CompileAbout): Diagnostic {
  return {
    severity: "warning",
    code: "code-owners-unknown",
    summary: `"${name}" asks for code owners, and nothing in the flow names people who could be.`,
    hint: `Name them, reviews: { by: … }, or write ${codeOwnersFile} yourself: without it GitHub asks nobody.`,
    file: flowFile,
  };
}

/** GitHub has one list for all branches, and takes any of its people. */
function different(
  flow: Flow,
  asking: readonly BranchClass[],
  { flowFile, defaultBranch }: CompileAbout,
): readonly Diagnostic[] {
  const trunk = branchClassOf(flow, defaultBranch);
  const all = new Set(asking.length > 0 && trunk?.reviews?.by != null ? [...asking, trunk] : asking);
  const listOf = ({ reviews }: BranchClass) =>
    namesIn(flow, reviews?.by == null ? governorsOf(flow, defaultBranch) : [reviews.by]);
  const lists = new Set([...all].map((branch) => [...listOf(branch)].sort().join(" ")));
  if (lists.size < 2) return [];
  const names = [...all].map(({ name }) => `"${name}"`).join(" and ");
  return [
    {
      severity: "warning",
      code: "code-owners-differ",
      summary: `${names} are reviewed by different people, and GitHub has one list of code owners for all branches.`,
      hint: "GitHub takes any of them; before anything is applied, plangate asks for those whom the flow names for the branch.",
      file: flowFile,
    },
  ];
}

/** A file of owners as it will be, and what else is known of the repository. */
export interface OwnersFile {
  readonly text: string;
  /** The region of what governs delivery, as compiled. */
  readonly compiled: string;
  readonly flowFile: string;
  /** Of the repository's files. */
  readonly paths: readonly string[];
}

/**
 * Lines that let others than the owners whom the flow names look at what governs delivery, or nobody: the last line that
 * matches a path counts, so they stand below the region. Told of what is there and of what may come to be in the folder that
 * holds it.
 */
export function ownersTaken({ text, compiled, flowFile, paths }: OwnersFile): readonly Diagnostic[] {
  const [all, ours] = [parseCodeOwners(text), parseCodeOwners(compiled)];
  const wanted = new Set(lineFor(ours, codeOwnersFile)?.owners.map(ownerText));
  const isOurs = ({ owners }: CodeOwnersLine) =>
    owners.length > 0 && owners.every((owner) => wanted.has(ownerText(owner)));
  const end = linesBefore(text, readRegion(text, lastRegion, "#").region?.to ?? 0);
  const governing = [...trustedPaths({ flowFile }), ...paths.filter((path) => path.startsWith(governingFolder))];
  const taken = [
    ...governing.flatMap((path) => {
      const line = lineFor(all, path);
      return line === undefined || isOurs(line) ? [] : [{ line: line.line, what: path }];
    }),
    ...all
      .filter((line) => line.line > end && /^\/?(?:\*\*\/)?\.github(?:\/|$)/.test(line.pattern) && !isOurs(line))
      .map(({ line, pattern }) => ({ line, what: pattern })),
  ];
  return [...new Map(taken.toReversed().map((one) => [one.line, one])).values()].map(({ line, what }) => ({
    severity: "error",
    code: "code-owners-taken",
    summary: `This line takes ${what} from the owners whom the flow names.`,
    hint: `Put it above the region "${lastRegion}": the last line that matches a path counts.`,
    file: codeOwnersFile,
    line,
  }));
}

const lastRegion = regionNameOf({ path: codeOwnersFile, place: "last" });

/** What governs delivery lies there, and any file that comes to be there may. */
const governingFolder = ".github/";

function linesBefore(text: string, place: number): number {
  return text.slice(0, place).split("\n").length;
}

function ownerText(owner: CodeOwner): string {
  return JSON.stringify(Object.values(owner));
}
