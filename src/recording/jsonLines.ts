/**
 * HOT PATH. A recording's lines of JSON, as they are written: header, message, gap. docs/recordings.md has the format.
 *
 * A message is written byte by byte into memory that is used again, without strings of its own: the recorder takes each
 * message that the broker receives. Readable payloads are in the line twice, as `text` for eyes and for grep, and as
 * `payloadBase64`, which alone counts. Knows nothing of files. The other way is in parseLine.ts.
 */
import { copyBytes } from '../base/copyBytes.ts';
import { base64Bytes, writeBase64 } from './base64.ts';
import { writeReadableText } from './readableText.ts';
import type { RecordedMessage, RecordedProperties } from './recordedMessage.ts';

export const RECORDING_FORMAT = 'mqtt-workbench-recording';
export const RECORDING_VERSION = 1;

export interface RecordingHeader {
  /** When the recording began, not this part of it: the same in all its parts. */
  readonly startedAtMs: number;
  /** From 1. Undefined for what is not written in parts. */
  readonly part?: number | undefined;
}

/** Messages that came and are not in the file, in its order: those after the line before it. */
export interface RecordingGap {
  readonly lostMessages: number;
  /** When the first and the last of them was received. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** A longer payload has no `text`: who greps looks for values, not for documents. */
export const MAX_TEXT_BYTES = 1024;

/** Lines up to this length share memory, those above have their own. Enough for a payload of 40 KiB. */
export const SHARED_LINE_BYTES = 64 * 1024;
/** Of each cache of names: a few thousand of these are what a busy broker sees. */
const MAX_CACHED_NAMES = 4096;
const MAX_CACHED_CHARACTERS = 256;

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

const LINE_FEED = 0x0a;
const MESSAGE_START = '{"time":"';
const AFTER_TIME = 'Z","topic":';
const messageStart = bytesOf(MESSAGE_START);
const flags = [0, 1, 2].map((qos) =>
  [false, true].map((retain) => bytesOf(`,"qos":${qos},"retain":${retain}`)),
);
const publisherKey = bytesOf(',"publisher":');
const isWillPart = bytesOf(',"isWill":true');
const hasWaitedPart = bytesOf(',"hasWaited":true');
const propertiesKey = bytesOf(',"properties":');
const textKey = bytesOf(',"text":"');
const afterText = bytesOf('"');
const payloadKey = bytesOf(',"payloadBase64":"');
const lineEnd = bytesOf('"}\n');
/** All the parts above together, at their longest, and the time. */
const FIXED_BYTES = 256;

/** A line end is included in what all of these return. */
export function headerLine({ startedAtMs, part }: RecordingHeader): Uint8Array {
  const header = {
    format: RECORDING_FORMAT,
    version: RECORDING_VERSION,
    startedAt: isoTime(startedAtMs),
    part,
  };
  return bytesOf(`${JSON.stringify(header)}\n`);
}

export function gapLine({ lostMessages, fromMs, toMs }: RecordingGap): Uint8Array {
  return bytesOf(`${JSON.stringify({ gap: { lostMessages, from: isoTime(fromMs), to: isoTime(toMs) } })}\n`);
}

/** Whole lines of messages, in lines as they are written here. */
export function countMessageLines(lines: Uint8Array): number {
  let count = 0;
  for (let start = 0; ; ) {
    const end = lines.indexOf(LINE_FEED, start);
    if (end === -1) return count;
    if (messageStart.every((byte, i) => lines[start + i] === byte)) count++;
    start = end + 1;
  }
}

function isoTime(ms: number): string {
  return new Date(Math.floor(ms)).toISOString();
}

export class JsonLinesEncoder {
  readonly #shared = new Uint8Array(SHARED_LINE_BYTES);
  readonly #names = new Map<string, Uint8Array>();
  /** From the beginning of the line to the topic, for the second of the message before. */
  #timePart: Uint8Array = new Uint8Array(0);
  #second = Number.NaN;

  /**
   * The message's line. Up to `SHARED_LINE_BYTES` long, it is overwritten by the next; a longer one is the caller's.
   *
   * @throws RangeError for a time that is none.
   */
  encode(message: RecordedMessage): Uint8Array {
    const { payload, publisher, properties } = message;
    const time = this.#timeOf(message.receivedAtMs);
    const topic = this.#json(message.topic);
    const publisherJson = publisher === undefined ? undefined : this.#json(publisher);
    const propertiesJson = properties === undefined ? undefined : propertiesBytes(properties);
    const maxTextBytes = payload.length <= MAX_TEXT_BYTES ? 2 * payload.length : 0;
    const maxBytes =
      FIXED_BYTES +
      topic.length +
      (publisherJson?.length ?? 0) +
      (propertiesJson?.length ?? 0) +
      maxTextBytes +
      base64Bytes(payload.length);
    const line = maxBytes <= SHARED_LINE_BYTES ? this.#shared : new Uint8Array(maxBytes);

    let at = append(time, line, 0);
    at = append(topic, line, at);
    at = append(flags[message.qos]![Number(message.retain)]!, line, at); // of every QoS, and of both
    if (publisherJson !== undefined) at = append(publisherJson, line, append(publisherKey, line, at));
    if (message.isWill) at = append(isWillPart, line, at);
    if (message.hasWaited === true) at = append(hasWaitedPart, line, at);
    if (propertiesJson !== undefined) at = append(propertiesJson, line, append(propertiesKey, line, at));
    if (payload.length > 0 && payload.length <= MAX_TEXT_BYTES) {
      const end = writeReadableText(payload, line, append(textKey, line, at));
      if (end !== -1) at = append(afterText, line, end);
    }
    at = writeBase64(payload, line, append(payloadKey, line, at));
    at = append(lineEnd, line, at);
    return line.subarray(0, at);
  }

  /** Only the milliseconds change from message to message: `toISOString` costs as much as the rest of the line. */
  #timeOf(ms: number): Uint8Array {
    const second = Math.floor(ms / 1000);
    if (second !== this.#second) {
      const seconds = isoTime(second * 1000).slice(0, -1);
      this.#timePart = bytesOf(`${MESSAGE_START}${seconds}${AFTER_TIME}`);
      this.#second = second;
    }
    const part = this.#timePart;
    const rest = Math.floor(ms) - second * 1000;
    const at = part.length - AFTER_TIME.length - 3;
    part[at] = 0x30 + Math.floor(rest / 100);
    part[at + 1] = 0x30 + (Math.floor(rest / 10) % 10);
    part[at + 2] = 0x30 + (rest % 10);
    return part;
  }

  /** A topic or a client id, quoted: the same few come again and again. */
  #json(text: string): Uint8Array {
    const known = this.#names.get(text);
    if (known !== undefined) return known;
    const json = bytesOf(JSON.stringify(text));
    if (text.length <= MAX_CACHED_CHARACTERS) {
      if (this.#names.size >= MAX_CACHED_NAMES) this.#names.clear();
      this.#names.set(text, json);
    }
    return json;
  }
}

function append(part: Uint8Array, line: Uint8Array, at: number): number {
  copyBytes(part, 0, part.length, line, at);
  return at + part.length;
}

/** Field by field: what else the object holds is no property of the message. */
function propertiesBytes(properties: RecordedProperties): Uint8Array {
  const { correlationData } = properties;
  return bytesOf(
    JSON.stringify({
      payloadFormatIndicator: properties.payloadFormatIndicator,
      messageExpiryInterval: properties.messageExpiryInterval,
      contentType: properties.contentType,
      responseTopic: properties.responseTopic,
      correlationDataBase64: correlationData && Buffer.from(correlationData).toString('base64'),
      userProperties: properties.userProperties,
      subscriptionIdentifiers: properties.subscriptionIdentifiers,
    }),
  );
}
