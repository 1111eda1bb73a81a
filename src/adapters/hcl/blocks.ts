import type { Node } from "web-tree-sitter";
import type { ModuleReferences } from "../../domain/references.ts";
import { innermost, plainString } from "./paths.ts";

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] extends readonly (infer Item)[] ? Item[] : T[Key] };
export type BlockFindings = Mutable<Omit<ModuleReferences, "files" | "opaque">>;

/** What the blocks of a file say by their type: calls, backend, providers, and whether programs are run. */
export function collectBlocks(body: Node): BlockFindings {
  const found: BlockFindings = {
    calls: [],
    backend: null,
    providers: [],
    hasProvisioners: false,
    hasLocalExec: false,
    hasExternalData: false,
    hidesProvisioners: false,
  };
  for (const block of blocksOf(body)) collectBlock(block, found);
  return found;
}

function collectBlock(block: Node, found: BlockFindings): void {
  const [type = "", label = "", name = ""] = wordsOf(block);
  switch (type) {
    case "module":
      found.calls.push({
        name: label,
        source: stringAttribute(block, "source"),
        version: stringAttribute(block, "version"),
        line: block.startPosition.row + 1,
      });
      return;
    case "terraform":
      collectSettings(block, found);
      return;
    case "provider":
      found.providers.push({ name: label, source: null, version: null });
      return;
    case "data":
    case "resource":
    case "ephemeral":
      found.providers.push({ name: impliedProvider(label), source: null, version: null });
      if (type === "data" && label === "external" && name !== "") found.hasExternalData = true;
      if (collectProvisioners(block, found)) found.hasProvisioners = true;
      return;
    case "removed":
      if (collectProvisioners(block, found)) found.hidesProvisioners = true;
      return;
    case "check":
      for (const inner of blocksOf(bodyOf(block))) collectBlock(inner, found);
      return;
    default:
      return;
  }
}

function collectProvisioners(block: Node, found: BlockFindings): boolean {
  const programs = blocksOf(bodyOf(block)).flatMap((inner) => {
    const [kind, program] = wordsOf(inner);
    return kind === "provisioner" ? [program] : [];
  });
  if (programs.some((program) => program !== "file" && program !== "remote-exec")) found.hasLocalExec = true;
  return programs.length > 0;
}

function collectSettings(block: Node, found: BlockFindings): void {
  for (const inner of blocksOf(bodyOf(block))) {
    const [type, label = ""] = wordsOf(inner);
    if (type === "backend") found.backend = { type: label, block: inner.text };
    if (type === "cloud") found.backend = { type: "cloud", block: inner.text };
    if (type !== "required_providers") continue;
    for (const attribute of attributesOf(inner)) {
      const value = attribute.namedChild(1);
      const fields = value === null ? {} : stringFields(value);
      found.providers.push({
        name: attribute.namedChild(0)?.text ?? "",
        source: fields.source ?? null,
        version: fields.version ?? null,
      });
    }
  }
}

/** `aws` of `aws_vpc` */
function impliedProvider(type: string): string {
  return type.split("_", 1)[0] ?? type;
}

export function blocksOf(body: Node | undefined): Node[] {
  return body?.namedChildren.filter((child) => child.type === "block") ?? [];
}

export function bodyOf(block: Node): Node | undefined {
  return block.namedChildren.find((child) => child.type === "body");
}

export function attributesOf(block: Node): Node[] {
  return bodyOf(block)?.namedChildren.filter((child) => child.type === "attribute") ?? [];
}

/** A block's type and labels. */
export function wordsOf(block: Node): string[] {
  return block.namedChildren
    .filter((child) => child.type === "identifier" || child.type === "string_lit")
    .map((child) => (child.type === "identifier" ? child.text : (plainString(child) ?? "")));
}

function stringAttribute(block: Node, name: string): string | null {
  const value = attributesOf(block)
    .find((attribute) => attribute.namedChild(0)?.text === name)
    ?.namedChild(1);
  return value === null || value === undefined ? null : plainString(value);
}

function stringFields(value: Node): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const element of innermost(value).descendantsOfType("object_elem")) {
    const [key, given] = [element.namedChild(0), element.namedChild(1)];
    const text = given === null ? null : plainString(given);
    if (key !== null && text !== null) fields[key.text.replaceAll('"', "").trim()] = text;
  }
  return fields;
}
