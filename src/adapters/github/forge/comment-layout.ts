import { commentText, type SectionName, type Sections, withSection } from "../../../domain/own-comment.ts";
import { lengthOf, longestComment, shortenedTo, shortestSection } from "./shorten.ts";

/** A section as it is to be; null takes it away. */
export interface Wish {
  readonly section: SectionName;
  readonly markdown: string | null;
}

/** So many comments can people be asked to read; from then on what does not fit is shortened, as long as it says something. */
const mostComments = 3;

/** A comment while sections are placed: what is in it is longer than GitHub takes until it is shortened. */
interface Draft {
  readonly sections: Map<string, string>;
  length: number;
  /** What of that is no section's text. */
  marks: number;
}

/**
 * What our comments on a pull request are to be, from what they are and what is wished for: those that are there first and
 * in their order, new ones behind them. A section stays where it is while it fits there, and stands in one place alone.
 */
export function layOut(there: readonly Sections[], wishes: readonly Wish[]): readonly Sections[] {
  const drafts = there.map((sections) => draftOf(sections));
  standOnce(drafts);
  const homeless = new Map<SectionName, string>();
  for (const { section, markdown } of wishes) {
    homeless.delete(section);
    const holder = drafts.find(({ sections }) => sections.has(section));
    if (holder !== undefined) take(holder, section);
    if (markdown === null) continue;
    const text = plain(section, markdown);
    if (holder !== undefined && fits(holder, section, text)) put(holder, section, text);
    else homeless.set(section, text);
  }
  const left = [...homeless].filter(([section, text]) => !placeWhole(drafts, section, text));
  for (const [section, text] of left) put(withMostRoom(drafts, section), section, text);
  return drafts.map(({ sections }) => shortenedTo(sections, longestComment) ?? sections);
}

/** Of two copies of a section, as an answer that was lost on the way may leave them, one would tell what is no longer so. */
function standOnce(drafts: readonly Draft[]): void {
  const seen = new Set<string>();
  for (const draft of drafts) {
    for (const section of [...draft.sections.keys()]) {
      if (seen.has(section)) take(draft, section);
      seen.add(section);
    }
  }
}

function placeWhole(drafts: Draft[], section: SectionName, text: string): boolean {
  const place = drafts.find((draft) => fits(draft, section, text));
  if (place !== undefined) put(place, section, text);
  else if (drafts.length < mostComments && fits(draftOf(new Map()), section, text)) {
    const made = draftOf(new Map());
    put(made, section, text);
    drafts.push(made);
  } else return false;
  return true;
}

/** Where least has to be left out; one more comment only where sections would say nothing any more. */
function withMostRoom(drafts: Draft[], section: SectionName): Draft {
  if (drafts.length >= mostComments) {
    const [least] = drafts
      .filter((draft) => saysSomething(draft, section))
      .sort((one, other) => one.length - other.length);
    if (least !== undefined) return least;
  }
  const made = draftOf(new Map());
  drafts.push(made);
  return made;
}

/** Whether each section would keep the least that says something, were this one put to them. */
function saysSomething({ sections, marks }: Draft, section: SectionName): boolean {
  return (longestComment - marks - marksOf(section)) / (sections.size + 1) >= shortestSection;
}

function draftOf(sections: Sections): Draft {
  const draft: Draft = { sections: new Map(), length: bare, marks: bare };
  for (const [section, text] of sections) put(draft, section, text);
  return draft;
}

function put(draft: Draft, section: string, text: string): void {
  draft.sections.set(section, text);
  draft.length += marksOf(section) + lengthOf(text);
  draft.marks += marksOf(section);
}

function take(draft: Draft, section: string): void {
  const text = draft.sections.get(section);
  if (text === undefined) return;
  draft.sections.delete(section);
  draft.length -= marksOf(section) + lengthOf(text);
  draft.marks -= marksOf(section);
}

function fits({ length }: Draft, section: SectionName, text: string): boolean {
  return length + marksOf(section) + lengthOf(text) <= longestComment;
}

const bare = lengthOf(commentText(new Map()));

/** What a section takes besides its text and its name. */
const around = lengthOf(commentText(new Map([["", ""]]))) - bare;

function marksOf(section: string): number {
  return around + lengthOf(section);
}

/** As it stands in a comment: no text can end its section. */
function plain(section: SectionName, markdown: string): string {
  return withSection(new Map(), section, markdown).get(section) ?? "";
}
