/** Short binary payloads as numbers: what a sensor that sends a bare struct field means. */
import { ByteReader, exactInteger } from './byteReader.ts';
import { DecodeProblem } from './decodeProblem.ts';
import {
  type ByteOrder,
  type DecodeOutcome,
  type Decoder,
  type DecoderInput,
  type DecodeSettings,
  decodedAs,
  type NumberReading,
  type NumberType,
} from './decoder.ts';
import type { PayloadTraits } from './payloadTraits.ts';

export const numbersDecoder: Decoder = { id: 'numbers', label: 'Numbers', offer, decode };

const widths: Record<NumberType, 1 | 2 | 4 | 8> = {
  ...{ int8: 1, uint8: 1, int16: 2, uint16: 2, int32: 4, uint32: 4, int64: 8, uint64: 8 },
  ...{ float32: 4, float64: 8 },
};
const numberTypes = Object.keys(widths) as readonly NumberType[]; // the keys of a Record are its type's

/** Of an array: more are of no use as a table. */
const maxReadings = 1000;

function offer(_input: DecoderInput, traits: PayloadTraits): number | undefined {
  if (traits.isText || traits.isHeadCut) return undefined;
  return typesOf(traits.head.length).length > 0 ? 0.3 : undefined;
}

function decode(input: DecoderInput, settings: DecodeSettings): DecodeOutcome {
  const { numberType } = settings;
  if (numberType !== undefined) return decodeArray(input, numberType, settings.byteOrder ?? 'little');
  const types = typesOf(input.payload.length);
  if (types.length === 0)
    throw new DecodeProblem(
      `A number takes 1, 2, 4 or 8 bytes, and these are ${input.payload.length}. Set “numberType” to read an array of numbers.`,
    );
  const orders: readonly ByteOrder[] = settings.byteOrder ? [settings.byteOrder] : ['little', 'big'];
  const readings: NumberReading[] = [];
  const values: Record<string, number | bigint> = {};
  for (const type of types) {
    for (const order of widths[type] === 1 ? (['little'] as const) : orders) {
      const value = readNumber(new ByteReader(input.payload), type, order);
      readings.push({ type: nameOf(type, order), value: String(value), offset: 0 });
      values[widths[type] === 1 ? type : `${type}${order === 'little' ? 'LE' : 'BE'}`] = value;
    }
  }
  return decodedAs({ kind: 'numbers', readings }, [], values);
}

function decodeArray(input: DecoderInput, type: NumberType, order: ByteOrder): DecodeOutcome {
  if (!Object.hasOwn(widths, type))
    throw new DecodeProblem(`“${type}” is no type of number. There are: ${numberTypes.join(', ')}.`);
  const { payload } = input;
  const count = Math.floor(payload.length / widths[type]);
  const left = payload.length % widths[type];
  const reader = new ByteReader(payload);
  const readings: NumberReading[] = [];
  const values: (number | bigint)[] = [];
  for (let i = 0; i < Math.min(count, maxReadings); i++) {
    const offset = reader.at;
    const value = readNumber(reader, type, order);
    readings.push({ type: nameOf(type, order), value: String(value), offset });
    values.push(value);
  }
  const notes: string[] = [];
  if (count > maxReadings) notes.push(`The first ${maxReadings} of ${count} numbers are shown.`);
  if (left > 0)
    notes.push(
      `The last ${left} ${left === 1 ? 'byte is' : 'bytes are'} left over: ${type} takes ${widths[type]} each.`,
    );
  if (count === 0)
    throw new DecodeProblem(`${type} takes ${widths[type]} bytes, and these are ${payload.length}.`);
  return decodedAs({ kind: 'numbers', readings }, notes, values.length === 1 ? values[0] : values);
}

function typesOf(length: number): NumberType[] {
  return numberTypes.filter((type) => widths[type] === length);
}

function nameOf(type: NumberType, order: ByteOrder): string {
  return widths[type] === 1 ? type : `${type} ${order} endian`;
}

function readNumber(reader: ByteReader, type: NumberType, order: ByteOrder): number | bigint {
  const isLittle = order === 'little';
  switch (type) {
    case 'int8':
      return reader.int8();
    case 'uint8':
      return reader.uint8();
    case 'int16':
      return reader.int16(isLittle);
    case 'uint16':
      return reader.uint16(isLittle);
    case 'int32':
      return reader.int32(isLittle);
    case 'uint32':
      return reader.uint32(isLittle);
    case 'int64':
      return exactInteger(reader.int64(isLittle));
    case 'uint64':
      return exactInteger(reader.uint64(isLittle));
    case 'float32':
      return reader.float32(isLittle);
    case 'float64':
      return reader.float64(isLittle);
  }
}
