/**
 * The numbers in payloads of every format that is decoded: CBOR, MessagePack, Protobuf and the like by their decoders,
 * which take their time; plain text and JSON at once, as most payloads are.
 *
 * Decoders run one after the other, so that of hundreds of messages only one is unpacked at a time, and let others have
 * the thread between two messages.
 */
import type { Clock } from '../base/clock.ts';
import { nextTurn, timeSlice } from '../base/timeSlice.ts';
import { Turns } from '../base/turns.ts';
import type { DecoderChoice } from '../decoders/choice.ts';
import { numberAt, numericPaths } from '../decoders/numericPaths.ts';
import type { Model } from '../model/model.ts';
import { type PayloadNumbers, textNumbers } from './payloadNumbers.ts';

/** The decoders, with a person's choices: decodingService.ts. */
export interface ValueDecoder {
  /** Asked for every message. */
  choiceFor(topic: string): DecoderChoice | undefined;
  /** What the payload says, as the person has chosen, else as it looks. Undefined where it has no value. */
  valueOf(model: Model, topic: string, payload: Uint8Array): Promise<unknown>;
}

/** Of a payload: what is binary says so early. */
const LOOKED_AT_BYTES = 256;
/** How long messages are decoded before others have a turn. */
const SLICE_MS = 5;

export function decodedNumbers(decoder: ValueDecoder, clock: Clock): PayloadNumbers {
  const queue = new DecodeQueue(clock);
  const isQuick = (payload: Uint8Array, topic: string): boolean => {
    const choice = decoder.choiceFor(topic);
    return choice === undefined ? isPlainText(payload) : isPlainChoice(choice);
  };
  return {
    readerOf: (path, model) => {
      const readText = textNumbers.readerOf(path);
      return (payload, topic) => {
        if (isQuick(payload, topic)) return readText(payload, topic);
        const own = payload.slice();
        return queue.run(async () => numberAt(await decoder.valueOf(model, topic, own), path));
      };
    },
    pathsOf: async (payload, topic, model) =>
      isQuick(payload, topic)
        ? textNumbers.pathsOf(payload)
        : numericPaths(await decoder.valueOf(model, topic, payload.slice())),
  };
}

/** Text in another encoding, or wrapped, is not read at once. */
function isPlainChoice({ decoder, encoding, compression }: DecoderChoice): boolean {
  const isText = decoder === 'json' || decoder === 'text';
  return isText && encoding === undefined && (compression === undefined || compression === 'none');
}

/** ASCII, as numbers and most JSON are. What is not may still be text: a decoder says. */
function isPlainText(payload: Uint8Array): boolean {
  const end = Math.min(payload.length, LOOKED_AT_BYTES);
  for (let i = 0; i < end; i++) {
    const byte = payload[i]!; // below length
    if (byte > 0x7e || (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d)) return false;
  }
  return true;
}

/** Runs what decodes one after the other, with a turn for others when it has taken its time. */
class DecodeQueue {
  readonly #clock: Clock;
  readonly #turns = new Turns();
  #waiting = 0;
  #isTimeUp: () => boolean;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#isTimeUp = timeSlice(clock, SLICE_MS);
  }

  run<T>(decode: () => Promise<T>): Promise<T> {
    if (this.#waiting++ === 0) this.#isTimeUp = timeSlice(this.#clock, SLICE_MS);
    const result = this.#turns.take(async () => {
      if (this.#isTimeUp()) await this.#giveTurn();
      return decode();
    });
    // Whoever asked hears of a fault. Counted off behind that: what is asked for in answer is of the same slice.
    result
      .catch(() => undefined)
      .then(() => {
        this.#waiting--;
      });
    return result;
  }

  async #giveTurn(): Promise<void> {
    await nextTurn(this.#clock);
    this.#isTimeUp = timeSlice(this.#clock, SLICE_MS);
  }
}
