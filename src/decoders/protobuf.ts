/**
 * Protocol Buffers, by the person's own .proto files. Without one, the fields by their numbers: a low offer, because
 * many bytes can be read so.
 */
import { ByteReader, maxValues } from './byteReader.ts';
import { UnexpectedEnd } from './decodeProblem.ts';
import {
  type DecodeOutcome,
  type Decoder,
  type DecoderInput,
  type DecodeSettings,
  decodedAs,
  maxDocumentBytes,
} from './decoder.ts';
import { type DocumentObject, documentView } from './document.ts';
import { offerBudget } from './likelihood.ts';
import { type PayloadTraits, saysMediaType } from './payloadTraits.ts';
import { loadProto } from './protoFiles.ts';
import { ProtoMessages } from './protoMessages.ts';
import type { SchemaFiles } from './schemaFiles.ts';
import { readWireMessage, type WireFindings } from './wire.ts';
import { readUnknownFields } from './wireFields.ts';

const maxLikelyFieldNumber = 1000;
/** A message of two bytes has a value for each field that is at its default, and a schema may have a thousand. */
const minValueBudget = 10_000;
const maxValuesPerByte = 32;

export function protobufDecoder(schemaFiles: SchemaFiles): Decoder {
  return {
    id: 'protobuf',
    label: 'Protobuf',
    maxBytes: maxDocumentBytes,
    offer,
    decode: (input, settings) =>
      settings.schemaFile === undefined
        ? decodeWithoutSchema(input)
        : decodeWithSchema(input, settings, settings.schemaFile, schemaFiles),
  };
}

function offer(_input: DecoderInput, traits: PayloadTraits): number | undefined {
  if (saysMediaType(traits, 'protobuf', 'google.protobuf', 'proto')) return 0.9;
  if (traits.isText || traits.head.length < 2) return undefined;
  try {
    const fields = readUnknownFields(new ByteReader(traits.head, { valueBudget: offerBudget }));
    // Chance makes large field numbers; people count from 1.
    if (fields.some((field) => Number((field as DocumentObject).field) > maxLikelyFieldNumber)) return 0.05;
    // As long as a number: two bytes in a row are a field more often than not.
    return [2, 4, 8].includes(traits.head.length) ? 0.25 : 0.35;
  } catch (error) {
    return error instanceof UnexpectedEnd && traits.isHeadCut ? 0.1 : undefined;
  }
}

async function decodeWithSchema(
  input: DecoderInput,
  settings: DecodeSettings,
  path: string,
  schemaFiles: SchemaFiles,
): Promise<DecodeOutcome> {
  const message = (await protoMessagesOf(path, schemaFiles)).message(settings.messageType);
  const findings: WireFindings = { unknownFields: 0, mismatches: new Set(), defaults: new Set() };
  const valueBudget = Math.min(maxValues, minValueBudget + input.payload.length * maxValuesPerByte);
  const value = readWireMessage(new ByteReader(input.payload, { valueBudget }), message, findings);
  return decodedAs(documentView(input, value), notesOf(findings, message.name), value);
}

/** Of a .proto file, compiled once. Rejects with a DecodeProblem. */
export function protoMessagesOf(path: string, schemaFiles: SchemaFiles): Promise<ProtoMessages> {
  return schemaFiles.compiled(
    'protobuf',
    path,
    async (read) => new ProtoMessages(await loadProto(path, schemaFiles.includeFolders, read), path),
  );
}

function decodeWithoutSchema(input: DecoderInput): DecodeOutcome {
  const fields = readUnknownFields(new ByteReader(input.payload));
  const note =
    'Without a schema, fields have numbers only, and their values are guesses. Set “schemaFile” and “messageType” for the topic to see names.';
  return decodedAs(documentView(input, fields), [note], fields);
}

function notesOf({ unknownFields, mismatches, defaults }: WireFindings, messageName: string): string[] {
  const notes: string[] = [];
  for (const mismatch of mismatches) notes.push(`${mismatch}: is ${messageName} the right message?`);
  if (unknownFields > 0)
    notes.push(
      `${unknownFields} ${unknownFields === 1 ? 'field is' : 'fields are'} not in the schema, and shown under “$unknown”.`,
    );
  if (defaults.size > 0) notes.push(`Not sent, so at their defaults: ${[...defaults].join(', ')}.`);
  return notes;
}
