/**
 * A walk over a packet's bytes that writes down each field: its name, what it says, where it is.
 *
 * Knows the standard's data types (section 1.5), and that fields end where what they are in ends. Its reads never fail
 * for what a value says, that is the decoder's business; they end the walk, by `WalkEnd`, where no bytes are left. What
 * was written down until then stands.
 */
import type { ExplainedField } from './explainedPacket.ts';
import { inBinary, shownBytes, shownText, textOf } from './shownValue.ts';

/** Not an error: the way out of a walk that has no more bytes, or more fields than anybody looks at. */
export class WalkEnd {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/** What is said of a field. */
export interface Said {
  readonly value: string;
  readonly meaning?: string | undefined;
}

/** One or more bits of a byte. */
export interface BitField {
  readonly name: string;
  readonly mask: number;
  /** @param bits shifted down: 0 or 1 for a flag. */
  say(bits: number): Said;
}

/** A packet of a million User Properties is possible, a list of them is of no use. */
const MAX_FIELDS = 2000;

export class FieldWalk {
  readonly bytes: Uint8Array;
  /** Of the next byte to read. */
  offset = 0;
  #end: number;
  #fields: ExplainedField[] = [];
  #fieldCount = 0;

  /** @param end no field goes beyond. */
  constructor(bytes: Uint8Array, end: number) {
    this.bytes = bytes;
    this.#end = end;
  }

  get fields(): readonly ExplainedField[] {
    return this.#fields;
  }

  /** Bytes left of what is being read. */
  get remaining(): number {
    return this.#end - this.offset;
  }

  /** A byte whose bits are fields of their own: each is written down beside the others, or under the byte's name. */
  bits(name: string | undefined, parts: readonly BitField[]): number {
    const byte = this.#peek(1, name ?? parts[0]?.name ?? '');
    const [start, end] = [this.offset, this.offset + 1];
    const fields = parts.map(({ name: partName, mask, say }) =>
      makeField(partName, say((byte & mask) / lowestBit(mask)), start, end, { bit: { mask } }),
    );
    this.offset = end;
    if (name === undefined) for (const field of fields) this.#add(field);
    else this.#add(makeField(name, { value: inBinary(byte) }, start, end, { children: fields }));
    return byte;
  }

  byte(name: string, say: (value: number) => Said = plainly): number {
    return this.#integer(name, 1, say);
  }

  twoByteInteger(name: string, say: (value: number) => Said = plainly): number {
    return this.#integer(name, 2, say);
  }

  fourByteInteger(name: string, say: (value: number) => Said = plainly): number {
    return this.#integer(name, 4, say);
  }

  /** Section 1.5.5. One of more than four bytes ends the walk behind the fourth. */
  variableByteInteger(name: string, say: (value: number) => Said = plainly): number {
    const start = this.offset;
    let value = 0;
    for (let count = 0; count < 4; count++) {
      const byte = this.bytes[start + count];
      if (byte === undefined || start + count >= this.#end) throw this.#cut(name);
      value += (byte & 0x7f) * 128 ** count;
      if (byte >= 0x80) continue;
      this.offset = start + count + 1;
      this.#add(makeField(name, say(value), start, this.offset));
      return value;
    }
    this.offset = start + 4;
    this.#add(makeField(name, { value: 'does not end within four bytes' }, start, this.offset));
    throw new WalkEnd(`the ${name} does not end`);
  }

  /** A string with its length before it; returned as it is shown when it is not UTF-8. */
  utf8String(name: string, say?: (text: string) => Said): string {
    const [from, to, children] = this.#lengthAnd(name, 'Text', (start, end) =>
      shownText(this.bytes, start, end),
    );
    const text = textOf(this.bytes, from, to);
    const said = say?.(text) ?? { value: shownText(this.bytes, from, to) };
    this.#add(makeField(name, said, from - 2, to, { children }));
    return text;
  }

  /** Bytes with their length before them. @param isSecret only how many there are is said. */
  binaryData(name: string, isSecret = false): void {
    const show = (start: number, end: number): string =>
      isSecret ? `${countOf(end - start, 'byte')}, not shown` : shownBytes(this.bytes, start, end);
    const [from, to, children] = this.#lengthAnd(name, 'Bytes', show);
    this.#add(makeField(name, { value: show(from, to) }, from - 2, to, { children }));
  }

  /** All that is left. */
  rest(name: string, meaning?: string): void {
    const [start, end] = [this.offset, this.#end];
    this.offset = end;
    const said = { value: start === end ? '(empty)' : shownBytes(this.bytes, start, end), meaning };
    this.#add(makeField(name, said, start, end));
  }

  /** Fields that are together: all that `read` writes down. It stands with what it has when the walk ends within. */
  group(name: string, read: () => Said): void {
    const [start, outerFields] = [this.offset, this.#fields];
    const children: ExplainedField[] = [];
    this.#fields = children;
    let said: Said = { value: 'cut short' };
    try {
      said = read();
    } finally {
      this.#fields = outerFields;
      if (children.length > 0) outerFields.push(makeField(name, said, start, this.offset, { children }));
    }
  }

  /** Runs `read` with `length` bytes as all there is. They must be there. */
  within(length: number, read: () => void): void {
    const outerEnd = this.#end;
    this.#end = this.offset + length;
    try {
      read();
    } finally {
      this.#end = outerEnd;
    }
  }

  #integer(name: string, count: 1 | 2 | 4, say: (value: number) => Said): number {
    let value = this.#peek(count, name);
    for (let i = 1; i < count; i++) value = value * 256 + (this.bytes[this.offset + i] ?? 0); // #peek saw them
    const start = this.offset;
    this.offset = start + count;
    this.#add(makeField(name, say(value), start, this.offset));
    return value;
  }

  /** Both as fields, and where the second is. A length that goes beyond the end ends the walk behind it. */
  #lengthAnd(
    name: string,
    contentName: string,
    show: (start: number, end: number) => string,
  ): [start: number, end: number, children: ExplainedField[]] {
    const length = this.#peek(2, name) * 256 + (this.bytes[this.offset + 1] ?? 0); // #peek saw it
    const start = this.offset + 2;
    const end = start + length;
    if (end > this.#end) {
      const left = this.#end - start;
      this.offset = start;
      const said = { value: String(length), meaning: `Only ${countOf(left, 'byte')} left for it.` };
      this.#add(makeField(`Length of ${name}`, said, start - 2, start));
      throw new WalkEnd(`the ${name} goes beyond the end`);
    }
    this.offset = end;
    const children = [makeField('Length', { value: String(length) }, start - 2, start)];
    if (length > 0) children.push(makeField(contentName, { value: show(start, end) }, start, end));
    return [start, end, children];
  }

  /** The next byte, when so many are left. */
  #peek(count: number, name: string): number {
    if (this.remaining < count) throw this.#cut(name);
    return this.bytes[this.offset] ?? 0; // there is one
  }

  #cut(name: string): WalkEnd {
    return new WalkEnd(`no bytes are left for the ${name}`);
  }

  #add(field: ExplainedField): void {
    this.#fields.push(field);
    this.#fieldCount += 1 + (field.children?.length ?? 0);
    if (this.#fieldCount > MAX_FIELDS) throw new WalkEnd(`it has more than ${MAX_FIELDS} fields`);
  }
}

export function countOf(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function plainly(value: number): Said {
  return { value: String(value) };
}

function lowestBit(mask: number): number {
  return mask & -mask;
}

function makeField(
  name: string,
  { value, meaning }: Said,
  start: number,
  end: number,
  more: Pick<ExplainedField, 'bit' | 'children'> = {},
): ExplainedField {
  return { name, value, ...(meaning !== undefined && { meaning }), start, end, ...more };
}
