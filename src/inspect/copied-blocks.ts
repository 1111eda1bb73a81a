import { digestOf, shortDigest } from "../domain/digest.ts";

const block = /^(?:resource|data)[ \t]+"[^"\n]+"[ \t]+"[^"\n]+"[ \t]*\{[^\n]*\n[\s\S]*?^\}/gm;

/**
 * The objects that a configuration file declares, each by what its text says without comments and white space: two
 * folders with the same ones are copies. Blocks of one line say too little to be anybody's.
 */
export function blocksIn(text: string): readonly string[] {
  return [...text.matchAll(block)].map(([whole]) => shortDigest(digestOf(bare(whole))));
}

function bare(text: string): string {
  return text.replaceAll(/^[ \t]*(?:#|\/\/).*$/gm, "").replaceAll(/\s+/g, "");
}
