/** Terraform's JSON syntax: every text is a template there, so what is data is escaped, and what is code says so. */
const code = Symbol("code");
const template = Symbol("template");

/** An expression of Terraform's language, as a value of its own. */
export interface Expression {
  readonly [code]: string;
}

/** A text with expressions in it. */
export interface Template {
  readonly [template]: string;
}

export type Terraform =
  | string
  | number
  | boolean
  | null
  | Expression
  | Template
  | readonly Terraform[]
  | TerraformRecord;

export interface TerraformRecord {
  readonly [key: string]: Terraform;
}

export function expression(text: string): Expression {
  return { [code]: text };
}

/** The text of an expression, to be part of another one. */
export function codeOf(one: Expression): string {
  return one[code];
}

/** A text inside an expression. */
export function quoted(text: string): string {
  return JSON.stringify(escaped(text));
}

/** A template: texts that are filled in stay texts, expressions are evaluated. */
export function filled(texts: TemplateStringsArray, ...values: readonly (string | Expression | Template)[]): Template {
  const parts = texts.map((text, index) => `${escaped(text)}${partOf(values[index] ?? "")}`);
  return { [template]: parts.join("") };
}

function partOf(value: string | Expression | Template): string {
  if (typeof value === "string") return escaped(value);
  return code in value ? `\${${value[code]}}` : value[template];
}

/** The text of a file, in lines. */
export function writeTerraform(file: TerraformRecord): string {
  return `${JSON.stringify(plain(file), null, 2)}\n`;
}

function plain(value: Terraform): unknown {
  if (value === null || typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value === "string" || isPart(value)) return partOf(value);
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [escaped(key), plain(part)]));
}

/** What a value is when each of its expressions is what `meant` says of its text. */
export function evaluated(value: Terraform, meant: (code: string) => string): unknown {
  if (value === null || typeof value === "number" || typeof value === "boolean" || typeof value === "string")
    return value;
  if (isPart(value))
    return code in value
      ? meant(value[code])
      : value[template]
          .replaceAll(/(?<![$])[$]\{([^}]*)\}/g, (_, text: string) => meant(text))
          .replaceAll(/([$%])\1(?=\{)/g, "$1");
  if (Array.isArray(value)) return value.map((part: Terraform) => evaluated(part, meant));
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, evaluated(part, meant)]));
}

function isPart(value: object): value is Expression | Template {
  return code in value || template in value;
}

function escaped(text: string): string {
  return text.replaceAll(/[$%](?=\{)/g, (sign) => `${sign}${sign}`);
}
