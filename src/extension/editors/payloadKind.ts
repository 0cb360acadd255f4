/**
 * Which editor a payload is for: by its bytes, never by what its sender calls it. Pure.
 */
import { classifyPayload, decodeText } from '../payload/payloadText.ts';

export type ImageKind = 'png' | 'jpeg' | 'gif' | 'webp';
export type PayloadKind = 'json' | 'text' | 'binary' | ImageKind;

/** What is looked at of a payload: more would hold up the editor for tens of milliseconds. */
export const JUDGED_BYTES = 1_048_576;

/** Undefined stands for any byte. */
const SIGNATURES: readonly (readonly [ImageKind, readonly (number | undefined)[]])[] = [
  ['png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['jpeg', [0xff, 0xd8, 0xff]],
  // GIF8
  ['gif', [0x47, 0x49, 0x46, 0x38]],
  // RIFF, a length, WEBP
  ['webp', [0x52, 0x49, 0x46, 0x46, undefined, undefined, undefined, undefined, 0x57, 0x45, 0x42, 0x50]],
];

/**
 * @param start the payload from its start, `JUDGED_BYTES` of it or all.
 * @param payloadBytes how long the payload is in all.
 */
export function payloadKindOf(start: Uint8Array, payloadBytes: number): PayloadKind {
  for (const [kind, signature] of SIGNATURES) {
    if (signature.every((byte, i) => byte === undefined || byte === start[i])) return kind;
  }
  const isCut = start.length < payloadBytes;
  const content = isCut ? judgeStart(start) : classifyPayload(start).kind;
  // A text editor refuses what has a NUL, also the one that ends a C string.
  return content !== 'binary' && start.includes(0) ? 'binary' : content;
}

export function isImage(kind: PayloadKind): kind is ImageKind {
  return kind !== 'json' && kind !== 'text' && kind !== 'binary';
}

/** JSON by how it begins: the rest is not here. */
function judgeStart(start: Uint8Array): PayloadKind {
  const text = decodeText(start, true);
  if (text === undefined) return 'binary';
  return /^\s*[{[]/.test(text) ? 'json' : 'text';
}
