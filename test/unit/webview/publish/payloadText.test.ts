import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PayloadFormat } from '../../../../src/contracts/publishing.ts';
import { convertPayload, prettyJson, readPayload } from '../../../../src/webview/publish/payloadText.ts';

const utf8 = (text: string): number[] => [...new TextEncoder().encode(text)];

/** The bytes, `document`, or the problem's kind with its line and column. */
function read(text: string, format: PayloadFormat, isTemplate = false): number[] | string {
  const reading = readPayload(text, format, isTemplate);
  if (reading.kind === 'document') return 'document';
  if (reading.kind === 'bytes') return [...reading.bytes];
  const { problem } = reading;
  const position = problem.kind === 'json' ? problem.problem : problem;
  return `${problem.kind} ${position.line}:${position.column}`;
}

test('text is sent as UTF-8', () => {
  assert.deepEqual(read('21.5 °C', 'text'), utf8('21.5 °C'));
});

test('JSON is sent as typed, and refused with its position when it is not valid', () => {
  assert.deepEqual(read('{ "a" : 18446744073709551615 }', 'json'), utf8('{ "a" : 18446744073709551615 }'));
  assert.equal(read('{\n  "a": nan\n}', 'json'), 'json 2:8');
});

test('an empty text is an empty payload in every format', () => {
  for (const format of ['text', 'json', 'hex', 'base64'] as const) assert.deepEqual(read('', format), []);
});

const hexInputs: [text: string, expected: number[] | string][] = [
  ['cafe01', [0xca, 0xfe, 0x01]],
  ['CA fe\n01', [0xca, 0xfe, 0x01]],
  ['ca:fe-01_02', [0xca, 0xfe, 0x01, 0x02]],
  ['0xCA, 0xFE, 0x5', [0xca, 0xfe, 0x05]],
  ['0xcafe', [0xca, 0xfe]],
  [' \n ', []],
  ['ca f', 'hexOddDigits 1:4'],
  ['ca\nabc', 'hexOddDigits 2:1'],
  ['0x', 'hexOddDigits 1:1'],
  ['ca fg', 'hexCharacter 1:5'],
  ['0xzz', 'hexCharacter 1:3'],
  ['ca\nfe é0', 'hexCharacter 2:4'],
];
for (const [text, expected] of hexInputs) {
  test(`${JSON.stringify(text)} as hex is ${JSON.stringify(expected)}`, () => {
    assert.deepEqual(read(text, 'hex'), expected);
  });
}

const base64Inputs: [text: string, expected: number[] | string][] = [
  ['yv4BAg==', [0xca, 0xfe, 0x01, 0x02]],
  ['yv4BAg', [0xca, 0xfe, 0x01, 0x02]],
  ['yv4B\r\nAg==\n', [0xca, 0xfe, 0x01, 0x02]],
  ['-_8=', [0xfb, 0xff]],
  ['+/8=', [0xfb, 0xff]],
  ['yv4*', 'base64Character 1:4'],
  ['yv4B\nAé', 'base64Character 2:2'],
  ['yv=4', 'base64Padding 1:4'],
  ['yv4BAg=', 'base64Padding 1:7'],
  ['yv4BA', 'base64Length 1:6'],
];
for (const [text, expected] of base64Inputs) {
  test(`${JSON.stringify(text)} as Base64 is ${JSON.stringify(expected)}`, () => {
    assert.deepEqual(read(text, 'base64'), expected);
  });
}

test('a payload is written anew in the format that is chosen', () => {
  assert.equal(convertPayload('Hé', 'text', 'hex'), '48 c3 a9');
  assert.equal(convertPayload('48 c3 a9', 'hex', 'text'), 'Hé');
  assert.equal(convertPayload('0xCA 0xFE', 'hex', 'base64'), 'yv4=');
  assert.equal(convertPayload('yv4=', 'base64', 'hex'), 'ca fe');
  assert.equal(convertPayload('{"a":', 'json', 'hex'), '7b 22 61 22 3a');
  assert.equal(convertPayload('{"a": 1}', 'json', 'text'), '{"a": 1}');
});

test('what has no bytes yet, or no text, stays as it was typed', () => {
  assert.equal(convertPayload('ca f', 'hex', 'text'), 'ca f');
  assert.equal(convertPayload('ca fe', 'hex', 'text'), 'ca fe');
});

test('formatting JSON keeps every number, and leaves alone what is not JSON', () => {
  assert.equal(prettyJson('{"a":18446744073709551615}'), '{\n  "a": 18446744073709551615\n}');
  assert.equal(prettyJson('{"a":'), undefined);
});

test('a document is JSON that is encoded elsewhere, and nothing where there is none', () => {
  for (const format of ['cbor', 'messagePack', 'protobuf'] as const) {
    assert.equal(read('{"a": 1}', format), 'document');
    assert.equal(read('{"a": }', format), 'json 1:7');
    assert.deepEqual(read('', format), []);
    assert.equal(convertPayload('{"a": 1}', 'json', format), '{"a": 1}');
    assert.equal(convertPayload('{"a": 1}', format, 'hex'), '7b 22 61 22 3a 20 31 7d');
  }
});

test('in a template placeholders stand for values, and what is wrong keeps its place', () => {
  assert.deepEqual(read('{"n": {{counter}}}', 'json', true), utf8('{"n": {{counter}}}'));
  assert.equal(read('{"n": {{counter}}}', 'json'), 'json 1:8');
  assert.equal(read('{"n": {{counter}} x}', 'json', true), 'json 1:19');
  assert.equal(read('{"n": {{uuid}}}', 'cbor', true), 'json 1:7', 'a text wants its quotes');
});
