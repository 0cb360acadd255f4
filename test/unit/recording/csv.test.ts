import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csvHeader, csvRow, MAX_CELL_CHARACTERS } from '../../../src/recording/csv.ts';
import type { RecordedMessage } from '../../../src/recording/recordedMessage.ts';
import { SeededRandom } from '../../support/random.ts';
import { arbitraryMessage, message } from './messages.ts';

const names = Buffer.from(csvHeader({ byteOrderMark: false }))
  .toString()
  .trimEnd()
  .split(',');

/** RFC 4180, section 2, read character by character. */
function cellsOf(row: string): string[][] {
  const rows: string[][] = [[]];
  let at = 0;
  while (at < row.length) {
    let cell = '';
    if (row[at] === '"') {
      at++;
      for (;;) {
        assert.ok(at < row.length, 'a quote that is open at the end');
        if (row[at] !== '"') cell += row[at++];
        else if (row[at + 1] === '"') {
          cell += '"';
          at += 2;
        } else break;
      }
      at++;
    } else while (at < row.length && !',\r\n"'.includes(row[at] ?? '')) cell += row[at++];
    rows.at(-1)?.push(cell);
    if (row[at] === ',') at++;
    else {
      assert.equal(row.slice(at, at + 2), '\r\n', `what ends a row at ${at}`);
      at += 2;
      if (at < row.length) rows.push([]);
    }
  }
  return rows;
}

function rowOf(value: RecordedMessage): Record<string, string> {
  const rows = cellsOf(Buffer.from(csvRow(value)).toString());
  assert.equal(rows.length, 1);
  assert.equal(rows[0]?.length, names.length);
  return Object.fromEntries(names.map((name, i) => [name, rows[0]?.[i] ?? '']));
}

test('a row has the cells that the header names', () => {
  assert.equal(
    Buffer.from(csvHeader({ byteOrderMark: true })).toString(),
    '\ufefftime,topic,qos,retain,publisher,isWill,size,payload,payloadFormatIndicator,messageExpiryInterval,' +
      'contentType,responseTopic,correlationDataBase64,userProperties,subscriptionIdentifiers,payloadBase64\r\n',
  );
  assert.equal(
    Buffer.from(csvRow(message({ qos: 2, publisher: 'board-7', payload: '21.5' }))).toString(),
    '2026-01-31T12:00:00.000Z,lab/led,2,false,board-7,false,4,21.5,,,,,,,,MjEuNQ==\r\n',
  );
});

test('properties have cells of their own', () => {
  const row = rowOf(
    message({
      isWill: true,
      properties: {
        payloadFormatIndicator: 0,
        messageExpiryInterval: 0,
        contentType: 'text/plain; charset="utf-8"',
        responseTopic: 'r',
        correlationData: Uint8Array.of(1),
        userProperties: [
          ['a', '1,2'],
          ['a', '3'],
        ],
        subscriptionIdentifiers: [4, 5],
      },
    }),
  );
  assert.equal(row.isWill, 'true');
  assert.equal(row.payloadFormatIndicator, '0');
  assert.equal(row.messageExpiryInterval, '0');
  assert.equal(row.contentType, 'text/plain; charset="utf-8"');
  assert.equal(row.correlationDataBase64, 'AQ==');
  assert.equal(row.userProperties, '[["a","1,2"],["a","3"]]');
  assert.equal(row.subscriptionIdentifiers, '4 5');
});

test('commas, quotes, line ends and spaces at the ends are quoted', () => {
  for (const text of ['a,b', '"', 'say "hi"', 'a\nb', 'a\r\nb', ' a', 'a ', ','])
    assert.equal(rowOf(message({ payload: text })).payload, text);
});

test('what a spreadsheet would run has an apostrophe before it, in every cell of text', () => {
  for (const text of ['=1+1', '@SUM(A1)', '+A1', '-A1', '-3.5+1', '\t=1', '\r=1', '\n=1', '＝1', '-', '+1-2'])
    assert.equal(rowOf(message({ payload: text })).payload, `'${text}`);
  const row = rowOf(
    message({
      topic: '=t',
      publisher: '@p',
      properties: { contentType: '-c', responseTopic: '=r', userProperties: [['=a', 'b']] },
    }),
  );
  assert.deepEqual(
    [row.topic, row.publisher, row.contentType, row.responseTopic, row.userProperties],
    ["'=t", "'@p", "'-c", "'=r", '[["=a","b"]]'],
  );
});

test('numbers stay numbers, and the Base64 is as it is', () => {
  for (const text of ['-3.5', '+3', '-1e-7', '-.5', '+5.', '21.5'])
    assert.equal(rowOf(message({ payload: text })).payload, text);
  assert.equal(rowOf(message({ payload: Uint8Array.of(0xfb) })).payloadBase64, '+w==');
});

test('a payload that is no text, or too long for a cell, is in Base64 alone', () => {
  for (const payload of [Uint8Array.of(0), Uint8Array.of(0xff), 'x'.repeat(MAX_CELL_CHARACTERS + 1)]) {
    const row = rowOf(message({ payload }));
    assert.equal(row.payload, '');
    assert.deepEqual(Buffer.from(row.payloadBase64 ?? '', 'base64'), Buffer.from(payload as Uint8Array));
    assert.equal(row.size, String(payload.length));
  }
  for (const character of ['x', '€', '😀']) {
    const text = character.repeat(Math.floor(MAX_CELL_CHARACTERS / character.length));
    assert.equal(rowOf(message({ payload: text })).payload, text);
  }
});

test('arbitrary messages make one row each, with their exact payload', () => {
  const random = new SeededRandom(4180);
  for (let i = 0; i < 1000; i++) {
    const value = arbitraryMessage(random);
    const row = rowOf(value);
    assert.deepEqual([...Buffer.from(row.payloadBase64 ?? '', 'base64')], [...value.payload]);
    assert.ok(row.topic === value.topic || row.topic === `'${value.topic}`);
    assert.equal(row.time, new Date(value.receivedAtMs).toISOString());
  }
});
