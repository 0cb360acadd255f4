/**
 * Bytes that a person writes as text, in hex or in Base64, and where such a text means no bytes. Pure.
 *
 * Lenient where people paste from (C arrays, dumps with colons, Base64 in lines or for URLs) and strict where a slip would
 * change the bytes: every digit has its pair.
 */
import { characterAt, type TextPosition, textPosition } from './textPosition.ts';

export type BytesTextProblem = {
  kind: 'hexCharacter' | 'hexOddDigits' | 'base64Character' | 'base64Padding' | 'base64Length';
  /** The character or the digits at fault. */
  found: string;
} & TextPosition;

export type BytesTextReading =
  | { kind: 'bytes'; bytes: Uint8Array }
  | { kind: 'problem'; problem: BytesTextProblem };

/** Runs of digits, each with an optional 0x; white space and , ; : - _ between them. */
export function readHex(text: string): BytesTextReading {
  const bytes: number[] = [];
  for (const { 0: run, index } of text.matchAll(/[^\s,;:_-]+/g)) {
    const hasPrefix = /^0x/i.test(run);
    const digits = hasPrefix ? run.slice(2) : run;
    const digitsAt = hasPrefix ? index + 2 : index;
    const badAt = digits.search(/[^0-9a-f]/i);
    if (badAt !== -1) return hexProblem('hexCharacter', text, digitsAt + badAt);
    // 0x5 is how C writes 05; a lone 5 is rather a slip.
    if (hasPrefix && digits.length === 1) bytes.push(Number.parseInt(digits, 16));
    else if (digits.length % 2 === 1 || digits === '') return hexProblem('hexOddDigits', text, index, run);
    else for (let i = 0; i < digits.length; i += 2) bytes.push(Number.parseInt(digits.slice(i, i + 2), 16));
  }
  return bytesReading(Uint8Array.from(bytes));
}

function hexProblem(
  kind: 'hexCharacter' | 'hexOddDigits',
  text: string,
  at: number,
  found = characterAt(text, at),
): BytesTextReading {
  return { kind: 'problem', problem: { kind, ...textPosition(text, at), found } };
}

/** RFC 4648, its URL alphabet as well; white space anywhere, padding may be left out. */
export function readBase64(text: string): BytesTextReading {
  const problem = (
    kind: 'base64Character' | 'base64Padding' | 'base64Length',
    at: number,
  ): BytesTextReading => ({
    kind: 'problem',
    problem: { kind, ...textPosition(text, at), found: characterAt(text, at) },
  });
  const badAt = text.search(/[^A-Za-z0-9+/_=\s-]/);
  if (badAt !== -1) return problem('base64Character', badAt);
  const paddingAt = text.indexOf('=');
  const afterPadding = paddingAt === -1 ? -1 : text.slice(paddingAt).search(/[^=\s]/);
  if (afterPadding !== -1) return problem('base64Padding', paddingAt + afterPadding);
  const characters = text.replace(/\s/g, '');
  const symbols = characters.replace(/=+$/, '');
  if (symbols.length % 4 === 1) return problem('base64Length', text.length);
  const padding = characters.length - symbols.length;
  if (padding > 0 && characters.length % 4 !== 0) return problem('base64Padding', paddingAt);
  const binary = atob(symbols.replaceAll('-', '+').replaceAll('_', '/'));
  return bytesReading(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
}

function bytesReading(bytes: Uint8Array): BytesTextReading {
  return { kind: 'bytes', bytes };
}
