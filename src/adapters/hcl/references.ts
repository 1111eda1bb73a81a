import type { Node } from "web-tree-sitter";
import type { FileReference } from "../../domain/references.ts";
import { argumentsOf, baseOf, innermost, interpolated, piecesOf, plainString, writtenPath } from "./paths.ts";

/** Functions whose first argument is the path of a file that is read. */
const readsFile =
  /^(?:core::)?(file|filebase64|fileexists|filemd5|filesha1|filesha256|filesha512|filebase64sha256|filebase64sha512|templatefile)$/;
const readsFolder = /^(?:core::)?fileset$/;
/** Makes another path of one, in ways that are not followed here. */
const turnsPaths = /^(?:core::)?(dirname|pathexpand)$/;

/** Interpolations that hold no slash, wherever they stand. */
const alwaysSafe = ["count.index", "terraform.workspace"];

export interface Found {
  readonly files: FileReference[];
  opaque: boolean;
}

/**
 * Collects what expressions below a node read. Every string that begins with `path.module` and its kin, or with a
 * dot, counts as a path, whatever it is given to: providers read files too (archives, objects, charts).
 */
export function collectFiles(node: Node, found: Found, safeNames: ReadonlySet<string> = new Set(alwaysSafe)): void {
  switch (node.type) {
    case "block":
      below(node, found, withEach(node, safeNames));
      return;
    case "attribute":
      if (!isNoPath(node)) below(node, found, safeNames);
      return;
    case "for_expr":
      below(node, found, withLoop(node, safeNames));
      return;
    case "function_call":
      collectCall(node, found, safeNames);
      return;
    case "string_lit":
    case "quoted_template":
    case "heredoc_template":
      collectText(node, found, safeNames);
      return;
    case "expression":
      if (baseOf(node.text) === undefined) below(node, found, safeNames);
      else collectBase(node, found);
      return;
    default:
      below(node, found, safeNames);
  }
}

function below(node: Node, found: Found, safeNames: ReadonlySet<string>): void {
  for (const child of node.namedChildren) collectFiles(child, found, safeNames);
}

function collectCall(call: Node, found: Found, safeNames: ReadonlySet<string>): void {
  const name = call.namedChild(0)?.text ?? "";
  const given = argumentsOf(call);
  const [first, second] = given;
  if (turnsPaths.test(name)) found.opaque = true;
  if (!readsFile.test(name) && !readsFolder.test(name)) {
    below(call, found, safeNames);
    return;
  }
  const path = first === undefined ? null : writtenPath(first, safeNames);
  if (path === null) found.opaque = true;
  else found.files.push({ ...path, template: name.endsWith("templatefile") });
  if (path === null && first !== undefined) collectFiles(first, found, safeNames);
  if (readsFolder.test(name)) {
    const pattern = second === undefined ? null : plainString(second);
    if (pattern === null || pattern.split("/").includes("..")) found.opaque = true;
  } else {
    for (const argument of given.slice(1)) collectFiles(argument, found, safeNames);
  }
}

function collectText(template: Node, found: Found, safeNames: ReadonlySet<string>): void {
  const pieces = piecesOf(template);
  const texts = pieces.filter((piece) => typeof piece === "string");
  const speaksOfPath = pieces.some((piece) => typeof piece !== "string" && baseOf(interpolated(piece)) !== undefined);
  const begins = typeof pieces[0] === "string" && /^\.\.?\//.test(pieces[0]);
  if (speaksOfPath || begins) {
    const path = template.type === "heredoc_template" ? null : writtenPath(template, safeNames);
    if (path !== null && isTakenAsItIs(template)) found.files.push({ ...path, template: false });
    else found.opaque = true;
  } else if (texts.some((text) => text.split(/[/\s"'=:,;]/).includes(".."))) {
    // It climbs from a place that is not known here.
    found.opaque = true;
  }
  for (const piece of pieces) {
    if (typeof piece !== "string" && baseOf(interpolated(piece)) === undefined) below(piece, found, safeNames);
  }
}

/** `path.module` by itself: a folder that is read already, unless something is put behind it. */
function collectBase(expression: Node, found: Found): void {
  if (!isTakenAsItIs(expression)) found.opaque = true;
}

/** Functions that give what they are given, whole; any other may put a path together in a way not followed here. */
const keepsWhole =
  /^(?:core::)?(concat|merge|toset|tolist|tomap|compact|coalesce|coalescelist|flatten|distinct|sort|try|jsonencode|yamlencode|abspath|basename|templatefile)$/;

function isTakenAsItIs(node: Node): boolean {
  for (let at = node.parent; at !== null && at.type !== "attribute" && at.type !== "block"; at = at.parent) {
    if (at.type === "function_call" && !keepsWhole.test(at.namedChild(0)?.text ?? "")) return false;
    if (at.type === "operation" || at.type === "template_interpolation") return false;
  }
  return true;
}

/** Attributes whose text is for people, or is read elsewhere. */
function isNoPath(attribute: Node): boolean {
  const name = attribute.namedChild(0)?.text ?? "";
  if (name === "description" || name === "error_message") return true;
  return (name === "source" || name === "version") && attribute.parent?.parent?.namedChild(0)?.text === "module";
}

/** In a block that is repeated over a listing or over plain names, `each.key` and the like are such a name. */
function withEach(block: Node, safeNames: ReadonlySet<string>): ReadonlySet<string> {
  const body = block.namedChildren.find((child) => child.type === "body");
  const over = body?.namedChildren.find(
    (child) => child.type === "attribute" && child.namedChild(0)?.text === "for_each",
  );
  const collection = over?.namedChild(1);
  if (collection === null || collection === undefined) return safeNames;
  const safe = namesIn(collection);
  return new Set([...safeNames, ...(safe.keys ? ["each.key"] : []), ...(safe.values ? ["each.value"] : [])]);
}

function withLoop(loop: Node, safeNames: ReadonlySet<string>): ReadonlySet<string> {
  const intro = loop.descendantsOfType("for_intro")[0];
  const names = intro?.namedChildren.filter((child) => child.type === "identifier").map((child) => child.text) ?? [];
  const collection = intro?.namedChildren.find((child) => child.type === "expression");
  // The names of an outer loop may be hidden by those of this one.
  const kept = [...safeNames].filter((name) => !names.includes(name));
  if (collection === undefined) return new Set(kept);
  const safe = namesIn(collection);
  return new Set([...kept, ...(safe.values && names.length === 1 ? names : safe.keys && safe.values ? names : [])]);
}

/** Whether what a collection holds is known to climb nowhere: a folder's listing, or names written out. */
function namesIn(expression: Node): { readonly keys: boolean; readonly values: boolean } {
  const node = innermost(expression);
  if (node.type === "collection_value") {
    const [inner] = node.namedChildren;
    return inner === undefined ? { keys: false, values: false } : namesIn(inner);
  }
  if (node.type === "tuple") {
    const values = node.namedChildren
      .filter((child) => child.type === "expression")
      .every((child) => isPlainName(plainString(child)));
    return { keys: values, values };
  }
  if (node.type === "object") {
    const keys = node.namedChildren
      .filter((child) => child.type === "object_elem")
      .every((element) => isPlainName(element.namedChild(0) === null ? null : nameOf(element.namedChild(0) as Node)));
    return { keys, values: false };
  }
  if (node.type !== "function_call") return { keys: false, values: false };
  const name = node.namedChild(0)?.text ?? "";
  if (readsFolder.test(name)) return { keys: true, values: true };
  const [argument] = argumentsOf(node);
  return /^(toset|tolist|sort|distinct)$/.test(name) && argument !== undefined
    ? namesIn(argument)
    : { keys: false, values: false };
}

function nameOf(key: Node): string | null {
  return /^[\w-]+$/.test(key.text.trim()) ? key.text.trim() : plainString(key);
}

function isPlainName(text: string | null): boolean {
  return text !== null && !text.split("/").includes("..") && !text.startsWith("/");
}
