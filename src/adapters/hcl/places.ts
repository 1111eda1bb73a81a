import type { Node } from "web-tree-sitter";
import type { Spot } from "../../domain/configuration-facts.ts";

/** Where a node begins, as editors count; the beginning of the file where the text is not the one that was written. */
export type SpotOf = (node: Node) => Spot;

export const spotInText: SpotOf = ({ startPosition: { row, column } }) => ({ line: row + 1, column: column + 1 });

export const startOfFile: SpotOf = () => ({ line: 1, column: 1 });
