/** CBOR as a document. A sequence of items (RFC 8742) is shown as an array, with a note. */
import { ByteReader } from './byteReader.ts';
import { readCborItem } from './cborReader.ts';
import { DecodeProblem, UnexpectedEnd } from './decodeProblem.ts';
import {
  type DecodeOutcome,
  type Decoder,
  type DecoderInput,
  decodedAs,
  maxDocumentBytes,
} from './decoder.ts';
import { type DocumentValue, documentView } from './document.ts';
import { likelihoodOf, offerBudget } from './likelihood.ts';
import { type PayloadTraits, saysMediaType } from './payloadTraits.ts';

export const cborDecoder: Decoder = { id: 'cbor', label: 'CBOR', maxBytes: maxDocumentBytes, offer, decode };

/** Tag 55799, "this is CBOR". */
const selfDescription = [0xd9, 0xd9, 0xf7];

function offer(_input: DecoderInput, traits: PayloadTraits): number | undefined {
  const { head } = traits;
  if (head.length === 0) return undefined;
  if (selfDescription.every((byte, i) => head[i] === byte)) return 0.97;
  if (saysMediaType(traits, 'cbor', 'cbor-seq')) return 0.96;
  // Nearly every text is a sequence of items too.
  return traits.isText ? undefined : likelihoodOf(readItems, traits);
}

function decode(input: DecoderInput): DecodeOutcome {
  const reader = new ByteReader(input.payload);
  const items: DocumentValue[] = [];
  const notes: string[] = [];
  while (!reader.isAtEnd) {
    const start = reader.at;
    try {
      items.push(readCborItem(reader));
    } catch (error) {
      if (!(error instanceof DecodeProblem)) throw error;
      if (input.isCut && error instanceof UnexpectedEnd) {
        if (items.length === 0) throw error;
        notes.push('Only the first bytes are here: the last item is missing.');
        break;
      }
      if (items.length === 0) throw error;
      const left = input.payload.length - start;
      throw new DecodeProblem(
        `The item ends at byte ${start}, and ${left} ${left === 1 ? 'byte follows that is' : 'bytes follow that are'} no further item. ${error.message}`,
        { atByte: start },
      );
    }
  }
  if (items.length === 0)
    throw new UnexpectedEnd('The payload is empty: there is no CBOR item.', { atByte: 0 });
  if (items.length > 1) notes.unshift(`${items.length} CBOR items, one behind the other, shown as an array.`);
  const value = items.length === 1 ? items[0] : items;
  return decodedAs(documentView(input, value), notes, value);
}

function readItems(head: Uint8Array): DocumentValue[] {
  const reader = new ByteReader(head, { valueBudget: offerBudget });
  const items: DocumentValue[] = [];
  while (!reader.isAtEnd) items.push(readCborItem(reader));
  return items;
}
