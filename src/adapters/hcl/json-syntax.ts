/**
 * The JSON syntax of the language, turned into the native one so that one reader does for both. Only what the reader
 * looks at keeps its meaning: blocks by their type, and every string as a template. Throws for what has more than one
 * reading.
 */
export function nativeFromJson(text: string): string {
  const root: unknown = JSON.parse(text);
  if (typeof root !== "object" || root === null) return "";
  // The tool reads every one of several members of one name; `JSON.parse` gives the last.
  if (membersWritten(text) !== membersOf(root)) throw new SyntaxError("a name is there twice");
  return Object.entries(root)
    .filter(([type]) => type !== comment)
    .flatMap(([type, body]) => blocks(type, body, labelsOf[type] ?? 0))
    .join("\n");
}

/** What people write for each other, where the syntax has no other way; the tool leaves it out. */
const comment = "//";

const labelsOf: Readonly<Record<string, number>> = {
  module: 1,
  provider: 1,
  variable: 1,
  output: 1,
  resource: 2,
  data: 2,
  ephemeral: 2,
  check: 1,
};
/** Blocks inside others that the reader looks for, with the number of their labels. Elsewhere the same names are attributes. */
const inner: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  terraform: { backend: 1, cloud: 0, required_providers: 0 },
  resource: { provisioner: 1 },
  removed: { provisioner: 1 },
  check: { data: 2 },
  statement: { principals: 0, not_principals: 0, condition: 0 },
};
/** Of one kind of block alone: others may have an attribute of that name. */
const ofPolicies = {
  head: 'data "aws_iam_policy_document"',
  inner: { statement: 0 } as Readonly<Record<string, number>>,
};

function membersWritten(text: string): number {
  let count = 0;
  for (const [, colon] of text.matchAll(/"(?:[^"\\]|\\.)*"\s*(:?)/g)) if (colon === ":") count++;
  return count;
}

function membersOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const below = Object.values(value);
  return below.reduce((sum: number, inner) => sum + membersOf(inner), Array.isArray(value) ? 0 : below.length);
}

function blocks(head: string, body: unknown, labels: number): string[] {
  if (Array.isArray(body)) return body.flatMap((item) => blocks(head, item, labels));
  if (typeof body !== "object" || body === null) return [`${head} {\n}`];
  if (labels > 0) {
    return Object.entries(body).flatMap(([label, below]) =>
      blocks(`${head} ${JSON.stringify(label)}`, below, labels - 1),
    );
  }
  const lines = Object.entries(body).flatMap(([name, value]) => {
    const nested = head.startsWith(ofPolicies.head)
      ? ofPolicies.inner[name]
      : inner[head.split(" ", 1)[0] ?? ""]?.[name];
    if (nested !== undefined) return blocks(name, value, nested);
    return /^[A-Za-z_][\w-]*$/.test(name) ? [`${name} = ${expression(value)}`] : [];
  });
  return [`${head} {\n${lines.join("\n")}\n}`];
}

function expression(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(expression).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    return `{\n${Object.entries(value)
      .map(([key, below]) => `${JSON.stringify(key)} = ${expression(below)}`)
      .join("\n")}\n}`;
  }
  return typeof value === "string" ? quotedTemplate(value) : String(value);
}

/** Interpolations stay as they are; only the text around them is escaped. */
function quotedTemplate(template: string): string {
  let quoted = "";
  let depth = 0;
  for (let at = 0; at < template.length; at++) {
    const character = template[at] ?? "";
    const opens = depth === 0 && /[$%]/.test(character) && template[at + 1] === "{" && template[at - 1] !== character;
    if (opens) {
      depth = 1;
      quoted += `${character}{`;
      at++;
      continue;
    }
    quoted += depth > 0 ? character : JSON.stringify(character).slice(1, -1);
    if (depth > 0 && character === "{") depth++;
    if (depth > 0 && character === "}") depth--;
  }
  return `"${quoted}"`;
}
