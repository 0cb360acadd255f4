/** The same rows in the same order: a list of them need not be drawn anew. Rows keep their identity. */
export function isSameRows(before: readonly object[], rows: readonly object[]): boolean {
  return rows.length === before.length && rows.every((row, i) => row === before[i]);
}
