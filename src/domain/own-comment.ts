import type { StackName } from "./names.ts";

/** What comes before the stacks' sections, in this order. No stack is called so: the names of all of them have a slash. */
const firstSections = ["flow", "fork", "outcome", "asked"] as const;

export type SectionName = StackName | (typeof firstSections)[number];

/**
 * Plangate's own comment: a section for each stack, and before them one about the flow, one for a fork, one of what became
 * of it and one of what was asked for and is not done, which nobody's text can end or begin.
 */
export type Sections = ReadonlyMap<string, string>;

export const commentMark = "<!-- plangate -->";

/**
 * Stands in a section, once, before what is kept however short the section has to become: which plan it is, where all of it can
 * be read, and who may say yes. Behind it nothing may stand that comes from outside and is not escaped.
 */
export const keptMark = "<!-- kept -->";

export function sectionsIn(body: string): Sections {
  const sections = new Map<string, string>();
  for (const [, name = "", text = ""] of body.matchAll(section)) sections.set(name, text);
  return sections;
}

const section = /^<!-- plangate:section (\S+) -->\n([\s\S]*?)\n<!-- plangate:end -->$/gm;

/** The flow first, then the others that are no stack's, then in order of the stacks' names, so that one content has one text. */
export function commentText(sections: Sections): string {
  const place = (name: string) => [...firstSections.map(String), name].indexOf(name);
  const parts = [...sections].sort(([left], [right]) => place(left) - place(right) || (left < right ? -1 : 1));
  return [
    commentMark,
    ...parts.map(([name, text]) => `<!-- plangate:section ${name} -->\n${text}\n<!-- plangate:end -->`),
  ].join("\n\n");
}

export function withSection(sections: Sections, name: SectionName, markdown: string): Sections {
  const plain = markdown.replaceAll(/<!--(\s*plangate\b)/gi, "&lt;!--$1");
  return new Map([...sections, [name, plain]]);
}
