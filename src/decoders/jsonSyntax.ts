/**
 * Where a text stops being JSON, and what should have been there. One pass, no recursion: a million nested brackets
 * are only slower. Makes no values; what a valid text means, JSON.parse says.
 */

export interface JsonFault {
  /** Index in the text; its length at an unexpected end. */
  at: number;
  /** The text ends too early, and is JSON up to there. */
  isEnd: boolean;
  /** A sentence. */
  message: string;
}

/** Sticky patterns: each matches at `lastIndex` or not at all. */
const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const numberLikePattern = /[-+.\deE]+/y;
const wordPattern = /[\p{L}\p{N}_$]{1,20}/uy;
const escapePattern = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

const quote = 0x22;
const backslash = 0x5c;

type Expecting = 'value' | 'valueOrClose' | 'key' | 'keyOrClose' | 'colon' | 'commaOrClose' | 'end';

/** Undefined for JSON. */
export function jsonFault(text: string): JsonFault | undefined {
  return new Scanner(text).run();
}

class Scanner {
  readonly #text: string;
  #at = 0;
  #expecting: Expecting = 'value';
  /** 1 for each open object, 0 for each open array. A byte each: a number each would be eight. */
  #open = new Uint8Array(64);
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  run(): JsonFault | undefined {
    for (;;) {
      this.#skipWhiteSpace();
      if (this.#at === this.#text.length) return this.#expecting === 'end' ? undefined : this.#endFault();
      const fault = this.#step();
      if (fault !== undefined) return fault;
    }
  }

  #step(): JsonFault | undefined {
    const character = this.#text[this.#at];
    switch (this.#expecting) {
      case 'end':
        return this.#fault(this.#at, `the document has ended, and ${this.#found()} follows.`);
      case 'colon':
        if (character !== ':') return this.#unexpected('a colon');
        this.#at++;
        this.#expecting = 'value';
        return undefined;
      case 'commaOrClose':
        if (character === ',') return this.#comma();
        return this.#isClosing(character)
          ? this.#close()
          : this.#unexpected(`a comma or “${this.#closer()}”`);
      case 'key':
      case 'keyOrClose':
        if (character === '"') return this.#string('colon');
        if (!this.#isClosing(character)) return this.#unexpected('a key in double quotes');
        return this.#expecting === 'key' ? this.#trailingComma() : this.#close();
      case 'value':
      case 'valueOrClose':
        if (!this.#isClosing(character)) return this.#value();
        if (this.#expecting === 'valueOrClose') return this.#close();
        return this.#isInObject() ? this.#unexpected('a value') : this.#trailingComma();
    }
  }

  #value(): JsonFault | undefined {
    const character = this.#text[this.#at] ?? '';
    if (character === '{' || character === '[') {
      this.#push(character === '{');
      return undefined;
    }
    if (character === '"') return this.#string(this.#afterValue());
    if (/[-\d]/.test(character)) return this.#number();
    const word = matchAt(wordPattern, this.#text, this.#at);
    if (word === 'true' || word === 'false' || word === 'null') {
      this.#at += word.length;
      this.#expecting = this.#afterValue();
      return undefined;
    }
    const isCutWord = this.#at + word.length === this.#text.length && word !== '';
    if (isCutWord && ['true', 'false', 'null'].some((whole) => whole.startsWith(word)))
      return this.#endFault();
    return this.#unexpected('a value');
  }

  #number(): JsonFault | undefined {
    const like = matchAt(numberLikePattern, this.#text, this.#at);
    const number = matchAt(numberPattern, this.#text, this.#at);
    if (number !== like) {
      const isCut =
        this.#at + like.length === this.#text.length && /^-?(?:\d+(?:\.\d*)?(?:[eE][+-]?)?)?$/.test(like);
      if (isCut && !/^-?0\d/.test(like)) return this.#endFault();
      return this.#fault(this.#at, `“${like.slice(0, 20)}” is not a number in JSON.`);
    }
    this.#at += number.length;
    this.#expecting = this.#afterValue();
    return undefined;
  }

  #string(next: Expecting): JsonFault | undefined {
    const text = this.#text;
    for (let i = this.#at + 1; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit === quote) {
        this.#at = i + 1;
        this.#expecting = next;
        return undefined;
      }
      if (unit === backslash) {
        const escaped = matchAt(escapePattern, text, i);
        if (escaped === '')
          return text.length - i < 6 && /^\\(?:u[0-9a-fA-F]*)?$/.test(text.slice(i))
            ? this.#endFault()
            : this.#fault(i, `“${text.slice(i, i + 2)}” is an escape that JSON does not know.`);
        i += escaped.length - 1;
      } else if (unit === 0x0a || unit === 0x0d)
        return this.#fault(this.#at, 'this string is not closed on its line.');
      else if (unit < 0x20) return this.#fault(i, 'a control character in a string must be escaped.');
    }
    return this.#endFault();
  }

  #push(isObject: boolean): void {
    if (this.#depth === this.#open.length) {
      const longer = new Uint8Array(this.#open.length * 2);
      longer.set(this.#open);
      this.#open = longer;
    }
    this.#open[this.#depth++] = isObject ? 1 : 0;
    this.#at++;
    this.#expecting = isObject ? 'keyOrClose' : 'valueOrClose';
  }

  #close(): undefined {
    this.#depth--;
    this.#at++;
    this.#expecting = this.#afterValue();
  }

  #comma(): undefined {
    this.#at++;
    this.#expecting = this.#isInObject() ? 'key' : 'value';
  }

  #afterValue(): Expecting {
    return this.#depth === 0 ? 'end' : 'commaOrClose';
  }

  #isInObject(): boolean {
    return this.#depth > 0 && this.#open[this.#depth - 1] === 1;
  }

  #closer(): string {
    return this.#isInObject() ? '}' : ']';
  }

  #isClosing(character: string | undefined): boolean {
    return this.#depth > 0 && character === this.#closer();
  }

  #skipWhiteSpace(): void {
    for (;;) {
      const unit = this.#text.charCodeAt(this.#at);
      if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return;
      this.#at++;
    }
  }

  #trailingComma(): JsonFault {
    return this.#fault(this.#at, 'no value follows the last comma.');
  }

  #unexpected(expected: string): JsonFault {
    return this.#fault(this.#at, `${expected} is expected, and ${this.#found()} is there.`);
  }

  #endFault(): JsonFault {
    return { at: this.#text.length, isEnd: true, message: 'the text ends too early.' };
  }

  #fault(at: number, message: string): JsonFault {
    return { at, isEnd: false, message };
  }

  /** The word or the character here, in quotes. */
  #found(): string {
    const word = matchAt(wordPattern, this.#text, this.#at);
    return `“${word === '' ? String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0) : word}”`;
  }
}

/** Empty where the pattern does not match. */
function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}
