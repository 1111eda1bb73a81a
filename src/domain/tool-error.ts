/** An error as Terraform or OpenTofu told it, redacted by whoever read it. Its text is from outside: inert nowhere. */
export interface ToolError {
  readonly summary: string;
  /** The line that it is about, from the repository's top; null where the tool names none. */
  readonly place: { readonly file: string; readonly line: number } | null;
  /** The object that it is about, as the tool writes its address. */
  readonly address: string | null;
  /** What stands below, without the lines of code that the tool repeats; empty where nothing does. */
  readonly detail: string;
}

/** So many errors are told in a sentence, and so much of what each says. */
const mostInSentence = 3;
const longestInSentence = 300;
const longestSummary = 200;

/** So many errors are told in full, and so much of what each says. */
const mostInFull = 50;
const longestInFull = 4_000;

/** The first few errors in one line, without a full stop: `Invalid value (infra/main.tf:5, terraform_data.app): it is …`. */
export function toolErrorsSentence(errors: readonly ToolError[]): string {
  const told = errors.slice(0, mostInSentence).map(inSentence);
  const more = errors.length - told.length;
  return [...told, ...(more === 0 ? [] : [`and ${more} more ${more === 1 ? "error" : "errors"}`])].join("; ");
}

function inSentence({ summary, detail, ...error }: ToolError): string {
  const where = whereOf(error);
  const said = oneLine(detail).replace(/\.$/, "");
  return `${cut(oneLine(summary), longestSummary)}${where === "" ? "" : ` (${where})`}${
    said === "" ? "" : `: ${cut(said, longestInSentence)}`
  }`;
}

/** All of the errors as people read them in a log, one after the other. */
export function toolErrorsText(errors: readonly ToolError[]): string {
  const told = errors.slice(0, mostInFull).map(inFull);
  const more = errors.length - told.length;
  return [...told, ...(more === 0 ? [] : [`and ${more} more`])].join("\n\n");
}

function inFull({ summary, detail, ...error }: ToolError): string {
  const where = whereOf(error);
  return [
    `Error: ${cut(oneLine(summary), longestInFull)}`,
    ...(where === "" ? [] : [`  at ${where}`]),
    ...(detail === "" ? [] : ["", cut(detail, longestInFull)]),
  ].join("\n");
}

function whereOf({ place, address }: Pick<ToolError, "place" | "address">): string {
  return [...(place === null ? [] : [`${place.file}:${place.line}`]), ...(address === null ? [] : [address])]
    .map((part) => cut(oneLine(part), longestSummary))
    .join(", ");
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}

function cut(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest - 1).toWellFormed()}…` : text;
}
