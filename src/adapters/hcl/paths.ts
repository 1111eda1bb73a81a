import type { Node } from "web-tree-sitter";

/** A path as an expression gives it: where it begins, and how much of it is known. */
export interface WrittenPath {
  readonly from: "module" | "root";
  /** Up to the first part that only evaluation knows, cut back to a whole folder. */
  readonly path: string;
}

/**
 * The path that an expression stands for, when its text tells: plain text, `path.module` and its kin, and parts that
 * can hold no slash or come from a folder's listing. Null when it may be anything.
 */
export function writtenPath(expression: Node, safeNames: ReadonlySet<string>): WrittenPath | null {
  const node = innermost(expression);
  if (node.type === "function_call") {
    const [name, argument] = [node.namedChild(0)?.text, argumentsOf(node)[0]];
    return name === "abspath" && argument !== undefined ? writtenPath(argument, safeNames) : null;
  }
  const base = baseOf(node.text);
  if (base !== undefined) return { from: base, path: "" };
  const template = node.type === "string_lit" ? node : node.type === "quoted_template" ? node : null;
  return template === null ? null : templatePath(template, safeNames);
}

function templatePath(template: Node, safeNames: ReadonlySet<string>): WrittenPath | null {
  let from: WrittenPath["from"] | null = null;
  let path = "";
  let known = true;
  for (const [index, part] of piecesOf(template).entries()) {
    if (typeof part === "string") {
      // Behind a part that is not known, `..` could lead anywhere.
      if (!known && part.split("/").includes("..")) return null;
      if (known) path += part;
      continue;
    }
    const inside = interpolated(part);
    const base = baseOf(inside);
    if (base !== undefined && index === 0) from = base;
    else if (base === undefined && safeNames.has(inside)) known = false;
    else return null;
  }
  // Absolute, or in somebody's home: nothing that Git has.
  if (from === null && /^[/~]/.test(path)) return null;
  return { from: from ?? "root", path: known ? path : path.slice(0, path.lastIndexOf("/") + 1) };
}

/** The text pieces and the interpolations of a quoted template or plain string, in order. */
export function piecesOf(template: Node): (string | Node)[] {
  const pieces: (string | Node)[] = [];
  for (const child of template.namedChildren) {
    if (child.type === "template_literal") pieces.push(unescaped(child.text));
    else if (child.type === "template_interpolation" || child.type === "template_directive") pieces.push(child);
  }
  return pieces;
}

/** The text of a plain string; null when it is anything else. */
export function plainString(expression: Node): string | null {
  const node = innermost(expression);
  if (node.type !== "string_lit") return null;
  return piecesOf(node).join("");
}

export function argumentsOf(call: Node): Node[] {
  const list = call.namedChildren.find((child) => child.type === "function_arguments");
  return list?.namedChildren.filter((child) => child.type === "expression") ?? [];
}

/** Takes away wrappings that change nothing: `expression`, `literal_value`, `template_expr`, parentheses. */
export function innermost(node: Node): Node {
  const wrapped = ["expression", "literal_value", "template_expr"].includes(node.type) || /^\(.*\)$/s.test(node.text);
  const only = node.namedChildren.filter((child) => child.type !== "comment");
  const [child] = only;
  return wrapped && only.length === 1 && child !== undefined ? innermost(child) : node;
}

/** The expression of an interpolation, as text. */
export function interpolated(interpolation: Node): string {
  if (interpolation.type !== "template_interpolation") return "";
  return interpolation.namedChildren.find((child) => child.type === "expression")?.text.trim() ?? "";
}

/** `path.cwd` is the root module's folder, since that is where Terraform is started. */
export function baseOf(text: string): WrittenPath["from"] | undefined {
  if (text === "path.module") return "module";
  return text === "path.root" || text === "path.cwd" ? "root" : undefined;
}

const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\" };

function unescaped(text: string): string {
  return text
    .replace(/\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)/gs, (whole, sequence: string) => {
      if (sequence.length === 1) return escapes[sequence] ?? whole;
      const point = Number.parseInt(sequence.slice(1), 16);
      return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
    })
    .replace(/([$%])\1\{/g, "$1{");
}
