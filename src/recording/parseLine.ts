/**
 * One line of a recording, from its bytes: as jsonLines.ts writes it, or as other programs do (docs/recordings.md says
 * what is taken). What can't be taken is told, with its column where that is known; nothing is guessed.
 *
 * The Base64 is cut out of the line before the rest is parsed, and decoded from the bytes: a payload of 256 MiB must not
 * become strings of 358 million characters on a heap that has a limit.
 */
import { isUtf8 } from 'node:buffer';
import { messageOf } from '../base/messageOf.ts';
import type { QoS, UserProperty } from '../mqtt/packets.ts';
import { checkTopicName } from '../mqtt/topics.ts';
import { findUtf8Problem, utf8Bytes } from '../mqtt/utf8.ts';
import { type DecodedBase64, decodeBase64 } from './base64.ts';
import { RECORDING_FORMAT, RECORDING_VERSION, type RecordingGap, type RecordingHeader } from './jsonLines.ts';
import type { RecordedMessage, RecordedProperties } from './recordedMessage.ts';

export type ParsedLine =
  | { kind: 'message'; message: RecordedMessage }
  | { kind: 'header'; header: RecordingHeader }
  | { kind: 'gap'; gap: RecordingGap }
  | { kind: 'empty' }
  /** A header, but of something that this program can't read. `why` is a whole sentence. */
  | { kind: 'otherFormat'; why: string }
  /** `why` follows a colon. `column` counts characters from 1. */
  | { kind: 'broken'; column?: number; why: string };

/** What remains of a line without its Base64 becomes strings on the heap: topic and properties are far from this. */
export const MAX_TEXT_BYTES_OF_LINE = 64 * 1024 * 1024;

const PAYLOAD_KEY = Buffer.from('"payloadBase64"');
/** Stands where the Base64 was. It is no Base64. */
const CUT = '*';
const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const MAX_FOUR_BYTE_INTEGER = 4_294_967_295;
const MAX_SUBSCRIPTION_IDENTIFIER = 268_435_455;
/** Of a string or of binary data in a packet. */
const MAX_FIELD_BYTES = 65_535;

const { indexOf, lastIndexOf, utf8Slice } = Buffer.prototype;

/**
 * @param line without its line end, or with a carriage return.
 * @param previousMs the time of a message that does not say its own.
 */
export function parseLine(line: Uint8Array, previousMs: number): ParsedLine {
  const place = placeOfBase64(line);
  const restBytes = place === undefined ? line.length : line.length - (place.end - place.start);
  if (restBytes > MAX_TEXT_BYTES_OF_LINE)
    return { kind: 'broken', why: `it has ${restBytes} bytes besides its "payloadBase64", more than fit` };
  const before = place === undefined ? line : line.subarray(0, place.start);
  const after = place === undefined ? line.subarray(line.length) : line.subarray(place.end);
  for (const part of [before, after]) {
    if (isUtf8(part)) continue;
    const at =
      part.byteOffset - line.byteOffset + findUtf8Problem(part, 0, part.length, { mayHaveNull: true })!.at; // as isUtf8 says
    return { kind: 'broken', column: columnOf(line, at), why: 'it is not in UTF-8' };
  }
  const head = utf8Slice.call(before, 0, before.length);
  const text = place === undefined ? head : head + CUT + utf8Slice.call(after, 0, after.length);
  if (text.trim() === '') return { kind: 'empty' };

  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return brokenJson(
      error,
      text,
      head.length,
      place === undefined ? 0 : place.end - place.start - CUT.length,
    );
  }
  if (!isObject(value)) return { kind: 'broken', column: 1, why: 'it is no object, as {"topic": …}' };
  try {
    if ('format' in value) return headerOf(value);
    if ('gap' in value) return { kind: 'gap', gap: gapOf(value.gap) };
    if (place === undefined || value.payloadBase64 !== CUT)
      return { kind: 'message', message: messageFrom(value, payloadOf(value), previousMs) };
    const decoded = decodeBase64(line, place.start, place.end);
    if (decoded.kind === 'fault')
      return { kind: 'broken', column: head.length + decoded.at + 1, why: NO_BASE64 };
    return { kind: 'message', message: messageFrom(value, decoded.bytes, previousMs) };
  } catch (error) {
    if (error instanceof UnreadableField) return { kind: 'broken', why: error.message };
    throw error;
  }
}

const NO_BASE64 = '"payloadBase64" is no Base64';

/** Of a field that is there and can't be what it says. */
class UnreadableField extends Error {}

/** Where the last string after `"payloadBase64":` is, without its quotes. Undefined too for one with escapes. */
function placeOfBase64(line: Uint8Array): { start: number; end: number } | undefined {
  const key = lastIndexOf.call(line, PAYLOAD_KEY);
  if (key === -1) return undefined;
  let at = skipSpace(line, key + PAYLOAD_KEY.length);
  if (line[at] !== COLON) return undefined;
  at = skipSpace(line, at + 1);
  if (line[at] !== QUOTE) return undefined;
  const start = at + 1;
  const end = indexOf.call(line, QUOTE, start);
  if (end === -1) return undefined;
  // "\/" for "/" is what some programs write.
  return line.subarray(start, end).includes(BACKSLASH) ? undefined : { start, end };
}

function skipSpace(line: Uint8Array, start: number): number {
  let at = start;
  for (;;) {
    const byte = line[at];
    if (byte !== SPACE && byte !== TAB && byte !== CARRIAGE_RETURN && byte !== LINE_FEED) return at;
    at++;
  }
}

function columnOf(line: Uint8Array, at: number): number {
  return utf8Slice.call(line, 0, at).length + 1;
}

/** @param cutAt where in the text something was cut out, and how long it was besides what stands there now. */
function brokenJson(error: unknown, text: string, cutAt: number, cutLength: number): ParsedLine {
  const reason = messageOf(error);
  const position = / at position (\d+)/.exec(reason)?.[1];
  const at = position === undefined ? endOf(reason, text) : Number(position);
  // Without the piece of the line that some reasons quote.
  const why = `it is no JSON (${reason.replace(/ in JSON.*$|, .*is not valid JSON$/s, '')})`;
  if (at === undefined) return { kind: 'broken', why };
  return { kind: 'broken', column: at + 1 + (at > cutAt ? cutLength : 0), why };
}

function endOf(reason: string, text: string): number | undefined {
  return reason.startsWith('Unexpected end') ? text.length : undefined;
}

type Fields = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function headerOf({ format, version, startedAt, part }: Fields): ParsedLine {
  if (format !== RECORDING_FORMAT) {
    const why = `It says that it is a file of the format ${JSON.stringify(format)}. Recordings are of the format "${RECORDING_FORMAT}".`;
    return { kind: 'otherFormat', why };
  }
  if (version !== RECORDING_VERSION) {
    const why = `It is a recording of version ${JSON.stringify(version)}; this program reads version ${RECORDING_VERSION}. Open it with the program that wrote it, or a newer one of this.`;
    return { kind: 'otherFormat', why };
  }
  const startedAtMs = timeOf('startedAt', startedAt);
  if (part === undefined) return { kind: 'header', header: { startedAtMs } };
  return {
    kind: 'header',
    header: { startedAtMs, part: wholeNumber('part', part, 1, Number.MAX_SAFE_INTEGER) },
  };
}

function gapOf(value: unknown): RecordingGap {
  if (!isObject(value)) throw new UnreadableField('"gap" is no object');
  return {
    lostMessages: wholeNumber('lostMessages', value.lostMessages, 1, Number.MAX_SAFE_INTEGER),
    fromMs: timeOf('from', value.from),
    toMs: timeOf('to', value.to),
  };
}

/** Where the Base64 could not be cut out, or the payload is a text as other programs write it. */
function payloadOf(fields: Fields): Uint8Array {
  const { payload, payloadBase64 } = fields;
  if (payloadBase64 !== undefined) {
    const decoded = decodedText(payloadBase64);
    if (decoded?.kind !== 'decoded') throw new UnreadableField(NO_BASE64);
    return decoded.bytes;
  }
  // mosquitto_sub writes null for no payload.
  if (payload === null) return new Uint8Array(0);
  if (typeof payload === 'string') {
    if (/\p{Surrogate}/u.test(payload)) throw new UnreadableField('"payload" has half of a surrogate pair');
    return new Uint8Array(Buffer.from(payload));
  }
  if ('payload' in fields)
    throw new UnreadableField('"payload" is no text; mosquitto_sub writes it as one with -F %j');
  throw new UnreadableField('it has no "payloadBase64", and no "payload"');
}

function decodedText(value: unknown): DecodedBase64 | undefined {
  if (typeof value !== 'string') return undefined;
  const bytes = Buffer.from(value);
  return decodeBase64(bytes, 0, bytes.length);
}

function messageFrom(fields: Fields, payload: Uint8Array, previousMs: number): RecordedMessage {
  // `tst` is what mosquitto_sub calls it.
  const { topic, qos, retain, time = fields.tst, publisher, isWill, hasWaited, properties } = fields;
  if (topic === undefined) throw new UnreadableField('it has no "topic"');
  return {
    topic: topicName('topic', topic),
    payload,
    qos: qos === undefined ? 0 : (wholeNumber('qos', qos, 0, 2) as QoS), // of 0, 1 and 2
    retain: flag('retain', retain),
    receivedAtMs: time === undefined ? previousMs : timeOf('time', time),
    isWill: flag('isWill', isWill),
    ...(flag('hasWaited', hasWaited) && { hasWaited: true }),
    ...(publisher === undefined ? {} : { publisher: text('publisher', publisher) }),
    ...(properties === undefined ? {} : { properties: propertiesOf(properties) }),
  };
}

function propertiesOf(value: unknown): RecordedProperties {
  if (!isObject(value)) throw new UnreadableField('"properties" is no object');
  const properties: RecordedProperties = {};
  const { payloadFormatIndicator, messageExpiryInterval, contentType, responseTopic } = value;
  const { correlationDataBase64, userProperties, subscriptionIdentifiers } = value;
  if (payloadFormatIndicator !== undefined)
    // of 0 and 1
    properties.payloadFormatIndicator = wholeNumber('payloadFormatIndicator', payloadFormatIndicator, 0, 1) as
      | 0
      | 1;
  if (messageExpiryInterval !== undefined)
    properties.messageExpiryInterval = wholeNumber(
      'messageExpiryInterval',
      messageExpiryInterval,
      0,
      MAX_FOUR_BYTE_INTEGER,
    );
  if (contentType !== undefined) properties.contentType = packetString('contentType', contentType);
  if (responseTopic !== undefined) properties.responseTopic = topicName('responseTopic', responseTopic);
  if (correlationDataBase64 !== undefined) {
    const decoded = decodedText(correlationDataBase64);
    if (decoded?.kind !== 'decoded') throw new UnreadableField('"correlationDataBase64" is no Base64');
    if (decoded.bytes.length > MAX_FIELD_BYTES)
      throw new UnreadableField(tooLong('correlationDataBase64', decoded.bytes.length));
    properties.correlationData = decoded.bytes;
  }
  if (userProperties !== undefined)
    properties.userProperties = array('userProperties', userProperties).map(userPropertyOf);
  if (subscriptionIdentifiers !== undefined)
    properties.subscriptionIdentifiers = array('subscriptionIdentifiers', subscriptionIdentifiers).map(
      (identifier) => wholeNumber('subscriptionIdentifiers', identifier, 1, MAX_SUBSCRIPTION_IDENTIFIER),
    );
  return properties;
}

function userPropertyOf(pair: unknown): UserProperty {
  if (Array.isArray(pair) && pair.length === 2) {
    const [name, value]: unknown[] = pair;
    if (typeof name === 'string' && typeof value === 'string')
      return [packetString('userProperties', name), packetString('userProperties', value)];
  }
  throw new UnreadableField('"userProperties" is no array of pairs, as [["name", "value"]]');
}

function array(name: string, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new UnreadableField(`"${name}" is no array`);
}

function text(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw new UnreadableField(`"${name}" is no text`);
}

/** One that fits in a packet: what keeps the message, or publishes it, could not write another. */
function packetString(name: string, value: unknown): string {
  const string = text(name, value);
  let bytes: number;
  try {
    bytes = utf8Bytes(string);
  } catch (error) {
    throw new UnreadableField(`"${name}" can not be in a packet: ${messageOf(error)}`);
  }
  if (bytes > MAX_FIELD_BYTES) throw new UnreadableField(tooLong(name, bytes));
  return string;
}

function tooLong(name: string, bytes: number): string {
  return `"${name}" can not be in a packet: it takes ${bytes} bytes, and at most ${MAX_FIELD_BYTES} fit`;
}

function topicName(name: string, value: unknown): string {
  const topic = text(name, value);
  const problem = checkTopicName(topic);
  if (problem !== undefined) throw new UnreadableField(`"${name}" is no topic name: ${problem.message}`);
  return topic;
}

/** Some programs write 0 and 1. */
function flag(name: string, value: unknown): boolean {
  if (value === undefined || value === false || value === 0) return false;
  if (value === true || value === 1) return true;
  throw new UnreadableField(`"${name}" is neither true nor false`);
}

function wholeNumber(name: string, value: unknown, minimum: number, maximum: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= minimum && value <= maximum)
    return value;
  throw new UnreadableField(`"${name}" is no whole number from ${minimum} to ${maximum}`);
}

/** With an offset that Date does not know: +0530, and mosquitto_sub's Z+0530, where the time is that of the offset. */
const OFFSET = /Z?([+-]\d\d):?(\d\d)$/;

function timeOf(name: string, value: unknown): number {
  if (typeof value === 'number' && !Number.isNaN(new Date(value).getTime())) return value;
  if (typeof value === 'string' && /^[+-]?\d{4,6}-\d\d-\d\dT/.test(value)) {
    const ms = Date.parse(value.replace(OFFSET, '$1:$2'));
    if (!Number.isNaN(ms)) return ms;
  }
  throw new UnreadableField(`"${name}" is no time, as "2026-01-31T12:00:00.000Z"`);
}
