/** What must not be read in a log: secrets, tokens, and what steps call so. */
export interface Masks {
  add(value: string): void;
  /** The text with everything hidden. */
  hide(text: string): string;
  /** Whether anything in it would be hidden. */
  finds(text: string): boolean;
}

const stars = "***";

export function openMasks(): Masks {
  const values = new Set<string>();
  const longestFirst = () => [...values].sort((a, b) => b.length - a.length);
  return {
    add(value) {
      for (const one of [value, ...value.split(/\r?\n/)]) for (const form of formsOf(one.trim())) values.add(form);
    },
    hide: (text) => longestFirst().reduce((left, value) => left.replaceAll(value, stars), text),
    finds: (text) => longestFirst().some((value) => text.includes(value)),
  };
}

/** As it may be written: plain, in JSON, in an address, in base64 wherever in a text it begins. */
function formsOf(value: string): readonly string[] {
  if (value === "") return [];
  const json = JSON.stringify(value).slice(1, -1);
  const encoded = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), Buffer.from(value)]).toString("base64");
    // What depends on the letters around it is left out on both sides.
    return text.replace(/=+$/, "").slice(shift === 0 ? 0 : 4, text.endsWith("=") ? -1 : undefined);
  });
  return [value, json, encodeURIComponent(value), ...encoded.filter((one) => one.length > 8)];
}
