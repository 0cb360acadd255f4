/**
 * Messages as rows of CSV (RFC 4180), for a spreadsheet. docs/recordings.md has the columns.
 *
 * A cell of text that a spreadsheet would run as a formula gets an apostrophe before it, unless it is a number: a
 * device on the network must not get a formula into somebody's spreadsheet, and -3.5 must stay one to calculate with.
 * Payloads and correlation data are there in Base64 too, always exact: its alphabet makes no formula that does anything.
 */
import { base64Bytes, writeBase64 } from './base64.ts';
import { isReadableText } from './readableText.ts';
import type { RecordedMessage } from './recordedMessage.ts';

/** As many characters as a cell can have in a spreadsheet; a payload above is in Base64 alone. */
export const MAX_CELL_CHARACTERS = 32_767;

const BYTE_ORDER_MARK = '\ufeff';
const ROW_END = '\r\n';

const columns = [
  ...['time', 'topic', 'qos', 'retain', 'publisher', 'isWill', 'size', 'payload'],
  ...['payloadFormatIndicator', 'messageExpiryInterval', 'contentType', 'responseTopic'],
  ...['correlationDataBase64', 'userProperties', 'subscriptionIdentifiers', 'payloadBase64'],
];

/** @param byteOrderMark tells Excel that the file is in UTF-8; other programs may show it as a character. */
export function csvHeader({ byteOrderMark }: { byteOrderMark: boolean }): Uint8Array {
  return Buffer.from(`${byteOrderMark ? BYTE_ORDER_MARK : ''}${columns.join(',')}${ROW_END}`);
}

/** In memory of its own. @throws RangeError for a time that is none. */
export function csvRow(message: RecordedMessage): Uint8Array {
  const { topic, payload, qos, retain, receivedAtMs, publisher = '', isWill, properties = {} } = message;
  const { correlationData, userProperties, subscriptionIdentifiers } = properties;
  const cells = [
    new Date(Math.floor(receivedAtMs)).toISOString(),
    textCell(topic),
    qos,
    retain,
    textCell(publisher),
    isWill,
    payload.length,
    textCell(payloadText(payload)),
    properties.payloadFormatIndicator ?? '',
    properties.messageExpiryInterval ?? '',
    textCell(properties.contentType ?? ''),
    textCell(properties.responseTopic ?? ''),
    correlationData === undefined ? '' : Buffer.from(correlationData).toString('base64'),
    userProperties === undefined ? '' : textCell(JSON.stringify(userProperties)),
    subscriptionIdentifiers?.join(' ') ?? '',
  ];
  const head = `${cells.join(',')},`;
  const headBytes = Buffer.byteLength(head);
  const row = new Uint8Array(headBytes + base64Bytes(payload.length) + ROW_END.length);
  Buffer.prototype.utf8Write.call(row, head, 0, headBytes);
  const end = writeBase64(payload, row, headBytes);
  Buffer.prototype.latin1Write.call(row, ROW_END, end, ROW_END.length);
  return row;
}

/** Empty for what is no text, and for what fits into no cell. */
function payloadText(payload: Uint8Array): string {
  // What counts as one character takes 3 bytes at most.
  if (payload.length > 3 * MAX_CELL_CHARACTERS || !isReadableText(payload)) return '';
  const text = Buffer.prototype.utf8Slice.call(payload, 0, payload.length);
  return text.length <= MAX_CELL_CHARACTERS ? text : '';
}

/** What spreadsheets begin a formula with, also as wide as an ideograph, and what some drop before one. */
const FORMULA_START = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const NEEDS_QUOTES = /[",\r\n]|^\s|\s$/;

/** Text as a cell: quoted where it must be, and no formula. */
export function textCell(text: string): string {
  const safe = FORMULA_START.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
