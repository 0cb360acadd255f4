/** MessagePack as a document: exactly one value. */
import { ByteReader } from './byteReader.ts';
import { DecodeProblem } from './decodeProblem.ts';
import {
  type DecodeOutcome,
  type Decoder,
  type DecoderInput,
  decodedAs,
  maxDocumentBytes,
} from './decoder.ts';
import { type DocumentValue, documentView } from './document.ts';
import { likelihoodOf, offerBudget } from './likelihood.ts';
import { readMessagePackValue } from './messagePackReader.ts';
import { type PayloadTraits, saysMediaType } from './payloadTraits.ts';

export const messagePackDecoder: Decoder = {
  id: 'messagePack',
  label: 'MessagePack',
  maxBytes: maxDocumentBytes,
  offer,
  decode,
};

function offer(_input: DecoderInput, traits: PayloadTraits): number | undefined {
  if (traits.head.length === 0) return undefined;
  if (saysMediaType(traits, 'msgpack', 'messagepack')) return 0.96;
  // Every ASCII character is a number of MessagePack.
  if (traits.isText) return undefined;
  const likelihood = likelihoodOf(readValues, traits);
  // Just below CBOR: of the few bytes that are both, most are CBOR.
  return likelihood && likelihood * 0.98;
}

function decode(input: DecoderInput): DecodeOutcome {
  const reader = new ByteReader(input.payload);
  const value = readMessagePackValue(reader);
  if (!reader.isAtEnd)
    throw new DecodeProblem(
      `The value ends at byte ${reader.at}, and ${reader.left} more ${reader.left === 1 ? 'byte follows' : 'bytes follow'}: MessagePack payloads hold one value.`,
      { atByte: reader.at },
    );
  return decodedAs(documentView(input, value), [], value);
}

function readValues(head: Uint8Array): DocumentValue[] {
  const reader = new ByteReader(head, { valueBudget: offerBudget });
  const values: DocumentValue[] = [];
  while (!reader.isAtEnd) values.push(readMessagePackValue(reader));
  return values;
}
