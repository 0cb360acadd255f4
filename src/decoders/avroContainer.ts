/**
 * Avro object container files: a header with the schema, then blocks of records, each ended by the file's own marker
 * of sixteen bytes. Blocks may be deflated; other codecs are told, and not read.
 */
import { inflateRawSync } from 'node:zlib';
import { messageOf } from '../base/messageOf.ts';
import { readAvro, readAvroBytes, readAvroLong, readBlocks } from './avroReader.ts';
import { type AvroType, compileAvro } from './avroSchema.ts';
import { ByteReader, maxValues, readUtf8 } from './byteReader.ts';
import { maxUnwrappedBytes } from './compression.ts';
import { DecodeProblem, UnexpectedEnd } from './decodeProblem.ts';
import type { DecoderInput } from './decoder.ts';
import type { DocumentValue } from './document.ts';

export interface AvroContainer {
  records: DocumentValue[];
  codec: string;
  /** The file goes on, and its rest is not here. */
  isCut: boolean;
}

const magic = [0x4f, 0x62, 0x6a, 0x01];
const syncBytes = 16;
/** Writers fill a block with kilobytes; each one costs some ten microseconds, even of nothing. */
const maxInflatedBlocks = 10_000;

export function isAvroContainer(bytes: Uint8Array): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}

/** Throws a DecodeProblem. */
export function readAvroContainer({
  payload: bytes,
  isCut,
  maxUnwrappedBytes: maxInflatedBytes = maxUnwrappedBytes,
}: DecoderInput): AvroContainer {
  const reader = new ByteReader(bytes, { start: magic.length, valueBudget: maxValues });
  const metadata = new Map<string, Uint8Array>();
  readBlocks(reader, () => {
    reader.enter(0);
    const at = reader.at;
    metadata.set(readUtf8(readAvroBytes(reader), at), readAvroBytes(reader));
  });
  const sync = reader.slice(syncBytes);
  const codec = readUtf8(metadata.get('avro.codec') ?? new Uint8Array(0), 0) || 'null';
  if (codec !== 'null' && codec !== 'deflate')
    throw new DecodeProblem(
      `The container is compressed with “${codec}”, which is not read here: only “deflate” and “null” are.`,
    );
  const type = schemaOf(metadata);
  const records: DocumentValue[] = [];
  const blocks = new BlockReader({ type, codec, records, maxInflatedBytes });
  while (!reader.isAtEnd) {
    try {
      blocks.read(reader, sync);
    } catch (error) {
      if (isCut && error instanceof UnexpectedEnd) return { records, codec, isCut: true };
      throw error;
    }
  }
  return { records, codec, isCut };
}

class BlockReader {
  readonly #type: AvroType;
  readonly #codec: 'null' | 'deflate';
  readonly #records: DocumentValue[];
  #inflatableBytes: number;
  #inflatedBlocks = 0;

  constructor(options: {
    type: AvroType;
    codec: 'null' | 'deflate';
    records: DocumentValue[];
    maxInflatedBytes: number;
  }) {
    this.#type = options.type;
    this.#codec = options.codec;
    this.#records = options.records;
    this.#inflatableBytes = options.maxInflatedBytes;
  }

  read(reader: ByteReader, sync: Uint8Array): void {
    const start = reader.at;
    const count = readAvroLong(reader);
    const data = readAvroBytes(reader);
    const end = reader.at;
    if (!reader.slice(syncBytes).every((byte, i) => byte === sync[i]))
      throw new DecodeProblem(
        `The block at byte ${start} does not end with the file's marker: it is damaged.`,
        {
          atByte: end,
        },
      );
    if (count < 0n)
      throw new DecodeProblem(`The block at byte ${start} has a negative count.`, { atByte: start });
    if (this.#codec === 'deflate')
      this.#readRecords(new ByteReader(this.#inflate(data, start), { sharesBudgetOf: reader }), count, start);
    else {
      const after = reader.at;
      reader.at = end - data.length;
      reader.within(data.length, () => this.#readRecords(reader, count, start));
      reader.at = after;
    }
  }

  /** Records may take no bytes: the reader's budget, which all blocks share, bounds their number. */
  #readRecords(block: ByteReader, count: bigint, start: number): void {
    for (let left = count; left > 0n; left--) this.#records.push(readAvro(block, this.#type));
    if (!block.isAtEnd)
      throw new DecodeProblem(`The block at byte ${start} goes on after its ${count} records.`, {
        atByte: start,
      });
  }

  #inflate(data: Uint8Array, start: number): Uint8Array {
    if (++this.#inflatedBlocks > maxInflatedBlocks)
      throw new DecodeProblem(
        `The container has more than ${maxInflatedBlocks} compressed blocks: it is not read as a document.`,
        { atByte: start },
      );
    try {
      const inflated = inflateRawSync(data, { maxOutputLength: this.#inflatableBytes });
      this.#inflatableBytes -= inflated.length;
      return inflated;
    } catch (error) {
      throw new DecodeProblem(`The block at byte ${start} can't be inflated: ${messageOf(error)}.`, {
        atByte: start,
      });
    }
  }
}

function schemaOf(metadata: ReadonlyMap<string, Uint8Array>): AvroType {
  const text = metadata.get('avro.schema');
  if (text === undefined) throw new DecodeProblem('The container has no schema (avro.schema) in its header.');
  let schema: unknown;
  try {
    schema = JSON.parse(new TextDecoder().decode(text));
  } catch {
    throw new DecodeProblem("The container's schema is not JSON.");
  }
  return compileAvro(schema);
}
