/** The fields of a packet as the rows of a tree, and which of them a byte belongs to. Pure. */
import type { PacketField } from '../../contracts/trace.ts';

export interface FieldRow {
  readonly field: PacketField;
  /** From 1. */
  readonly level: number;
  /** Row of the field that this one is a part of; -1 for none. */
  readonly parent: number;
  /** Among its siblings, from 1, and how many those are. */
  readonly position: number;
  readonly siblings: number;
}

/** Every field, each before its parts. */
export function fieldRowsOf(fields: readonly PacketField[]): readonly FieldRow[] {
  const rows: FieldRow[] = [];
  const add = (siblings: readonly PacketField[], level: number, parent: number): void => {
    for (const [i, field] of siblings.entries()) {
      rows.push({ field, level, parent, position: i + 1, siblings: siblings.length });
      if (field.children !== undefined) add(field.children, level + 1, rows.length - 1);
    }
  };
  add(fields, 1, -1);
  return rows;
}

/**
 * The smallest field that has all of this byte; -1 for none. Of flags, the field that they are parts of, or the first of
 * them.
 *
 * @param mask of bits in it: then the flag that they are in, where they are in one.
 */
export function rowOfByte(rows: readonly FieldRow[], at: number, mask = 0): number {
  let found = -1;
  let flag = -1;
  for (const [i, { field }] of rows.entries()) {
    if (at < field.start || at >= field.end) continue;
    if (field.bit === undefined) found = i;
    else if ((field.bit.mask & mask) !== 0) return i;
    else if (flag < 0) flag = i;
  }
  return found < 0 ? flag : found;
}
