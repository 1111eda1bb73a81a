/** What GitHub evaluates, between `${{` and `}}` or as the whole of an `if`. */

/** `${{ … }}` */
export function expression(text: string): string {
  return `\${{ ${text} }}`;
}

/** A text inside an expression. Quotes are doubled there; texts that would open another expression are refused before. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Whether GitHub would evaluate a part of the text wherever it evaluates anything. */
export function opensExpression(text: string): boolean {
  return text.includes("${{");
}

/** All of them, in one line. */
export function all(...conditions: readonly string[]): string {
  return conditions.join(" && ");
}

/** An output that is JSON: for each key a list. */
export interface Lists {
  readonly job: string;
  readonly output: "plans" | "applies";
}

/** The list under a key of an output. */
export function listIn({ job, output }: Lists, key: string): string {
  return `fromJSON(needs.${job}.outputs.${output})[${literal(key)}]`;
}

/**
 * What a matrix over bundles goes by. GitHub puts the words of a matrix behind the name of each job, and leaves empty ones
 * out, so the first job of a list is called as it is written; by an expression in its name it would not be where it is skipped.
 */
export function labelsOf(list: string): string {
  return `${list}.*.label`;
}

/** The orders of this job of such a matrix, as JSON. */
export function ownOrders(list: string): string {
  return `toJSON(${list}[strategy.job-index].orders)`;
}

/** That the output has something under the key. Where the job left no output this is an error, and the job fails. */
export function hasAny(lists: Lists, key: string): string {
  return `${listIn(lists, key)}[0] != null`;
}

/** That a pull request comes from a branch of this repository, or that the event is none of a pull request. */
export const fromHere =
  "(github.event.pull_request == null || github.event.pull_request.head.repo.full_name == github.repository)";
