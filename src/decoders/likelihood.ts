/**
 * How likely bytes are a format of self-describing items (CBOR, MessagePack): one map that takes exactly all of them
 * hardly happens by chance, while one number in a byte always does.
 */
import { UnexpectedEnd } from './decodeProblem.ts';
import type { DocumentValue } from './document.ts';
import type { PayloadTraits } from './payloadTraits.ts';

/** Values that an offer reads at most. */
export const offerBudget = 5000;

/**
 * @param readItems All items, to the last byte. Throws where the bytes are not of the format.
 */
export function likelihoodOf(
  readItems: (head: Uint8Array) => readonly DocumentValue[],
  traits: PayloadTraits,
): number | undefined {
  let items: readonly DocumentValue[];
  try {
    items = readItems(traits.head);
  } catch (error) {
    // What is here fits, and the rest is elsewhere.
    return error instanceof UnexpectedEnd && traits.isHeadCut && isLikelyStart(traits.head) ? 0.3 : undefined;
  }
  if (items.length > 1) return items.every(isContainer) ? 0.45 : undefined;
  const [item] = items;
  if (item === undefined || !isContainer(item)) return 0.03;
  if (traits.head.length === 1) return 0.2;
  if (Array.isArray(item)) return traits.head.length < 4 ? 0.28 : 0.7;
  const keys = Object.keys(item as object);
  return keys.every((key) => /^[\x20-\x7e]+$/.test(key)) ? 0.9 : 0.6;
}

function isContainer(value: DocumentValue): boolean {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array);
}

/** Of an array or a map, in either format. */
function isLikelyStart(head: Uint8Array): boolean {
  const first = head[0] ?? 0;
  return (first >= 0x80 && first <= 0xbf) || first >= 0xdc;
}
