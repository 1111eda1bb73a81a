/** How a text is set: its size in pixels, and whether it is bold. */
export interface Setting {
  readonly size: number;
  readonly bold?: boolean;
}

/** Widths in parts of the size, a little wider than the fonts that are commonly there, so that nothing runs over. */
const widths: readonly (readonly [RegExp, number])[] = [
  [/[ijl|.,:;'!]/, 0.3],
  [/[frtI()[\]/ "-]/, 0.42],
  [/[mwMW@]/, 0.95],
  [/[A-Z#%&*+<=>?~_{}“”…]/, 0.72],
  [/[\u2e80-\uffff]|\p{Extended_Pictographic}/u, 1.05],
];

export function widthOf(text: string, { size, bold }: Setting): number {
  const parts = [...text].map((character) => widths.find(([kind]) => kind.test(character))?.[1] ?? 0.61);
  return parts.reduce((sum, part) => sum + part, 0) * size * (bold === true ? 1.12 : 1);
}

/** Breaks a text into lines, between words where it can, inside a word that is longer than a line. */
export function wrap(text: string, width: number, setting: Setting): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ").flatMap((whole) => broken(whole, width, setting))) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line === "" || widthOf(longer, setting) <= width) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return line === "" ? lines : [...lines, line];
}

/** The parts of a word that fit, cut behind a slash where there is one. */
function broken(word: string, width: number, setting: Setting): readonly string[] {
  const parts: string[] = [];
  let rest = word;
  while (widthOf(rest, setting) > width && rest.length > 1) {
    let fits = rest.length - 1;
    while (fits > 1 && widthOf(rest.slice(0, fits), setting) > width) fits--;
    const slash = rest.lastIndexOf("/", fits - 1) + 1;
    const cut = slash > 0 ? slash : fits;
    parts.push(rest.slice(0, cut));
    rest = rest.slice(cut);
  }
  return [...parts, rest];
}
