/** The words in braces that a template may hold, and what they stand for. */
export type TemplateWord = "stack" | "environment" | "instance" | "version" | "module";

const braces = /\{([^{}]*)\}/g;

/** Every `{word}` of a text, known or not, with where it starts. A brace without a partner counts as the word it opens. */
export function wordsOf(template: string): readonly { readonly word: string; readonly index: number }[] {
  const found = [...template.matchAll(braces)].map((match) => ({ word: match[1] ?? "", index: match.index }));
  const rest = template.replace(braces, (whole) => " ".repeat(whole.length));
  const stray = /[{}]/.exec(rest);
  return stray === null ? found : [...found, { word: template.slice(stray.index), index: stray.index }];
}

export function hasWord(template: string, word: TemplateWord): boolean {
  return template.includes(`{${word}}`);
}

/** Fills in what is given and leaves the other words as they are. */
export function fill(template: string, values: Partial<Record<TemplateWord, string>>): string {
  return template.replaceAll(braces, (whole, word: string) =>
    Object.hasOwn(values, word) ? (values[word as TemplateWord] ?? whole) : whole,
  );
}
