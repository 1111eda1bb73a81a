import type { Node } from "web-tree-sitter";
import type {
  BackendFact,
  CallFact,
  ConfigurationFacts,
  PoolFact,
  ProviderFact,
} from "../../domain/configuration-facts.ts";
import { filledIn } from "../../domain/policy-document.ts";
import { attributesOf, blocksOf, bodyOf, wordsOf } from "./blocks.ts";
import { collectDocuments, mayHoldDocuments } from "./documents.ts";
import { nativeFromJson } from "./json-syntax.ts";
import { parseHcl } from "./parser.ts";
import { innermost, plainString } from "./paths.ts";
import { type SpotOf, spotInText, startOfFile } from "./places.ts";
import { plainValue } from "./plain-value.ts";
import { collectSubjects, mayHoldSubjects } from "./subjects.ts";
import { collectValues, mayHoldValues } from "./values.ts";

/** Without one of these words a file has nothing that the facts speak about. */
const mayHoldFacts = /\b(?:terraform|module|provider|resource|data|ephemeral)\b/;

type Found = {
  -readonly [Key in keyof ConfigurationFacts]: ConfigurationFacts[Key] extends readonly (infer Item)[]
    ? Item[]
    : ConfigurationFacts[Key];
};

const nothingIn = (whole: boolean): Found => ({
  whole,
  backends: [],
  calls: [],
  providers: [],
  documents: [],
  subjects: [],
  values: [],
  pools: [],
});

/** What a configuration file says in plain sight. Never throws: a text that is no configuration is not whole. */
export async function readConfigurationFacts(text: string, path: string): Promise<ConfigurationFacts> {
  const subjects = mayHoldSubjects(text);
  const values = mayHoldValues(text);
  if (!subjects && !values && !mayHoldFacts.test(text)) return nothingIn(true);
  const isJson = path.endsWith(".json");
  let native: string;
  try {
    native = isJson ? nativeFromJson(text) : text;
  } catch {
    return nothingIn(false);
  }
  const tree = await parseHcl(native);
  try {
    const body = tree.rootNode.namedChildren.find((child) => child.type === "body");
    const found = nothingIn(!tree.rootNode.hasError);
    if (body === undefined) return found;
    const spot = isJson ? startOfFile : spotInText;
    const documents = mayHoldDocuments(native);
    for (const block of blocksOf(body)) {
      collectBlock(block, found, spot);
      if (documents) collectDocuments(block, found.documents, spot);
      if (values) collectValues(block, found.values, spot);
      if (subjects) collectSubjects(block, found.subjects, spot);
    }
    return found;
  } finally {
    tree.delete();
  }
}

function collectBlock(block: Node, found: Found, spot: SpotOf): void {
  const [type = "", label = ""] = wordsOf(block);
  if (type === "module") found.calls.push(callIn(block, label, spot));
  else if (type === "provider") found.providers.push({ name: label, source: null, required: false, ...spot(block) });
  else if (type === "resource" || type === "data" || type === "ephemeral") {
    const name = label.split("_", 1)[0] ?? label;
    if (label === "google_iam_workload_identity_pool_provider") found.pools.push(...poolIn(block, spot));
    found.providers.push({ name, source: null, required: false, ...spot(block) });
  } else if (type === "terraform") collectSettings(block, found, spot);
}

/** Of other providers than GitHub's, tokens are not for everybody to get. Compiled identities ask for its name. */
function poolIn(block: Node, spot: SpotOf): PoolFact[] {
  if (!/token\.actions\.githubusercontent\.com|var\.github_issuer\b/.test(block.text)) return [];
  const values = valuesOf(block);
  const [condition, mapped] = [values.get("attribute_condition"), values.get("attribute_mapping")];
  const text = condition === undefined ? "" : (plainString(condition) ?? filledIn);
  const mapping = mapped === undefined ? {} : plainValue(mapped);
  return [
    {
      within: wordsOf(block).join(" "),
      mapping: textsOf(typeof mapping === "object" && mapping !== null ? mapping : {}),
      condition: text.trim() === "" ? null : text,
      ...spot(block),
    },
  ];
}

function textsOf(values: object): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string" && !entry[1].includes(filledIn),
    ),
  );
}

function callIn(block: Node, name: string, spot: SpotOf): CallFact {
  const values = valuesOf(block);
  const source = values.get("source");
  const [from, version] = [source, values.get("version")].map((value) => (value ? plainString(value) : null));
  return { name, source: from ?? null, version: version ?? null, ...spot(source ?? block) };
}

function collectSettings(block: Node, found: Found, spot: SpotOf): void {
  for (const inner of blocksOf(bodyOf(block))) {
    const [type, label = ""] = wordsOf(inner);
    if (type === "backend") found.backends.push(backendIn(inner, label, spot));
    if (type === "cloud") found.backends.push(backendIn(inner, "cloud", spot));
    if (type === "required_providers") found.providers.push(...providersIn(inner, spot));
  }
}

function backendIn(block: Node, type: string, spot: SpotOf): BackendFact {
  const settings: Record<string, string | null> = {};
  for (const [name, value] of valuesOf(block)) settings[name] = scalar(value);
  return { type, settings, ...spot(block) };
}

function providersIn(block: Node, spot: SpotOf): ProviderFact[] {
  return [...valuesOf(block)].map(([name, value]) => {
    const written = innermost(value)
      .descendantsOfType("object_elem")
      .find((element) => element?.namedChild(0)?.text.replaceAll('"', "").trim() === "source")
      ?.namedChild(1);
    return { name, source: written ? plainString(written) : null, required: true, ...spot(value) };
  });
}

/** A text, number or truth value that stands there in plain sight. */
function scalar(value: Node): string | null {
  const inner = innermost(value);
  return inner.type === "numeric_lit" || inner.type === "bool_lit" ? inner.text : plainString(value);
}

function valuesOf(block: Node): ReadonlyMap<string, Node> {
  return new Map(
    attributesOf(block).flatMap((attribute) => {
      const value = attribute.namedChild(1);
      return value === null ? [] : [[attribute.namedChild(0)?.text ?? "", value] as const];
    }),
  );
}
