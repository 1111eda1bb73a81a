/** Where something stands in a text: 1-based, as editors count. */
export interface Spot {
  readonly line: number;
  readonly column: number;
}
