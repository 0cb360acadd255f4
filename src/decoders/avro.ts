/**
 * Avro: one value by the person's .avsc file, with or without the five bytes that Confluent's serializers put in front;
 * or a container file, which brings its schema.
 */
import { isAvroContainer, readAvroContainer } from './avroContainer.ts';
import { readAvro } from './avroReader.ts';
import { type AvroType, compileAvro } from './avroSchema.ts';
import { ByteReader } from './byteReader.ts';
import { DecodeProblem } from './decodeProblem.ts';
import {
  type DecodeOutcome,
  type Decoder,
  type DecoderInput,
  type DecodeSettings,
  decodedAs,
  maxDocumentBytes,
} from './decoder.ts';
import { type DocumentValue, documentView } from './document.ts';
import { jsonFault } from './jsonSyntax.ts';
import { saysMediaType } from './payloadTraits.ts';
import { cannotRead, type ReadSource, type SchemaFiles } from './schemaFiles.ts';

/** A zero, and the id of the schema in four bytes. */
const registryHeaderBytes = 5;

export function avroDecoder(schemaFiles: SchemaFiles): Decoder {
  return {
    id: 'avro',
    label: 'Avro',
    maxBytes: maxDocumentBytes,
    offer: (_input, traits) => {
      if (isAvroContainer(traits.head)) return 0.97;
      // Without a schema it can't be read: said below hex would be never seen, and above it always.
      return saysMediaType(traits, 'avro', 'binary+avro') || traits.mediaType === 'avro/binary'
        ? 0.3
        : undefined;
    },
    decode: (input, settings) => decode(input, settings, schemaFiles),
  };
}

async function decode(
  input: DecoderInput,
  { schemaFile }: DecodeSettings,
  schemaFiles: SchemaFiles,
): Promise<DecodeOutcome> {
  if (isAvroContainer(input.payload)) return decodeContainer(input);
  if (schemaFile === undefined)
    throw new DecodeProblem(
      'An Avro payload says nothing of its fields. Set “schemaFile” for the topic to its .avsc file.',
    );
  const type = await schemaFiles.compiled('avro', schemaFile, (read) => loadSchema(schemaFile, read));
  const { value, notes } = readValue(input.payload, type);
  return decodedAs(documentView(input, value), notes, value);
}

function decodeContainer(input: DecoderInput): DecodeOutcome {
  const { records, codec, isCut } = readAvroContainer(input);
  const count = `${records.length} ${records.length === 1 ? 'record' : 'records'}`;
  const notes = [`Avro container file: ${count}${codec === 'null' ? '' : `, ${codec}`}.`];
  if (isCut) notes.push('Only the first bytes are here: further records are missing.');
  return decodedAs(documentView(input, records), notes, records);
}

/** All bytes are the value, or all behind a registry's header are. */
function readValue(payload: Uint8Array, type: AvroType): { value: DocumentValue; notes: string[] } {
  try {
    return { value: readWhole(payload, type, 0), notes: [] };
  } catch (error) {
    if (!(error instanceof DecodeProblem) || payload[0] !== 0 || payload.length < registryHeaderBytes)
      throw error;
    let value: DocumentValue;
    try {
      value = readWhole(payload, type, registryHeaderBytes);
    } catch (headerError) {
      // What is wrong without a header is the likelier fault.
      throw headerError instanceof DecodeProblem ? error : headerError;
    }
    const id = new ByteReader(payload, { start: 1 }).uint32();
    return {
      value,
      notes: [`The first five bytes name the schema ${id} of a schema registry, and are left out.`],
    };
  }
}

function readWhole(payload: Uint8Array, type: AvroType, start: number): DocumentValue {
  const reader = new ByteReader(payload, { start });
  const value = readAvro(reader, type);
  if (!reader.isAtEnd)
    throw new DecodeProblem(
      `The value ends at byte ${reader.at}, and ${reader.left} more ${reader.left === 1 ? 'byte follows' : 'bytes follow'}: is it the right schema?`,
      { atByte: reader.at },
    );
  return value;
}

async function loadSchema(path: string, read: ReadSource): Promise<AvroType> {
  let text: string;
  try {
    text = await read(path);
  } catch (error) {
    throw cannotRead(path, error);
  }
  let schema: unknown;
  try {
    schema = JSON.parse(text);
  } catch {
    const fault = jsonFault(text);
    const line = text.slice(0, fault?.at).split('\n').length;
    throw new DecodeProblem(`${path}:${line}: the schema is not JSON: ${fault?.message}`, {
      file: path,
      line,
    });
  }
  try {
    return compileAvro(schema);
  } catch (error) {
    throw error instanceof DecodeProblem
      ? new DecodeProblem(error.message, { ...error.place, file: path })
      : error;
  }
}
