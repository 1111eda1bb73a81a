/**
 * The issues that a text closes by GitHub's keywords: `Closes #12`, `fixes acme/infra#12`, `Resolves: #12`. Those of
 * other repositories are left out, and so is what stands in code or in a comment that nobody sees.
 */
export function closingIssues(text: string, repository: string): readonly number[] {
  const numbers = new Set<number>();
  for (const found of visible(text).matchAll(keyword)) {
    const [, of, number = ""] = found;
    if (of === undefined || of.toLowerCase() === repository.toLowerCase()) numbers.add(Number(number));
  }
  return [...numbers];
}

const keyword =
  /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?[ \t]+(?:([A-Za-z0-9][A-Za-z0-9-]*\/[A-Za-z0-9._-]+))?#(\d{1,9})\b/gi;

function visible(text: string): string {
  return text
    .replaceAll(/<!--[\s\S]*?(?:-->|$)/g, " ")
    .replaceAll(/^ {0,3}(`{3,}|~{3,})[\s\S]*?(?:^ {0,3}\1|$(?![\s\S]))/gm, " ")
    .replaceAll(/(`+)(?:(?!\1)[\s\S])+\1/g, " ");
}
