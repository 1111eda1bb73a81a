import type { StackName } from "./names.ts";

/** No stack is called `flow`: the names of all of them have a slash. */
export type SectionName = StackName | "flow";

/** Plangate's own comment: a section for each stack and one about the flow, which nobody's text can end or begin. */
export type Sections = ReadonlyMap<string, string>;

export const commentMark = "<!-- plangate -->";

export function sectionsIn(body: string): Sections {
  const sections = new Map<string, string>();
  for (const [, name = "", text = ""] of body.matchAll(section)) sections.set(name, text);
  return sections;
}

const section = /^<!-- plangate:section (\S+) -->\n([\s\S]*?)\n<!-- plangate:end -->$/gm;

/** The flow first, then in order of the stacks' names, so that one content has one text. */
export function commentText(sections: Sections): string {
  const parts = [...sections].sort(
    ([left], [right]) => Number(right === "flow") - Number(left === "flow") || (left < right ? -1 : 1),
  );
  return [
    commentMark,
    ...parts.map(([name, text]) => `<!-- plangate:section ${name} -->\n${text}\n<!-- plangate:end -->`),
  ].join("\n\n");
}

export function withSection(sections: Sections, name: SectionName, markdown: string): Sections {
  const plain = markdown.replaceAll(/<!--(\s*plangate\b)/gi, "&lt;!--$1");
  return new Map([...sections, [name, plain]]);
}
