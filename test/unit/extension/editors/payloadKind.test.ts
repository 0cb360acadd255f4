import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type PayloadKind, payloadKindOf } from '../../../../src/extension/editors/payloadKind.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const kindOf = (payload: Uint8Array): PayloadKind => payloadKindOf(payload, payload.length);

test('JSON is an object or an array, text is what a person can read', () => {
  assert.equal(kindOf(bytesOf(' {"a": 1}')), 'json');
  assert.equal(kindOf(bytesOf('[1, 2]')), 'json');
  assert.equal(kindOf(bytesOf('{"a": ')), 'text');
  assert.equal(kindOf(bytesOf('21.5')), 'text');
  assert.equal(kindOf(new Uint8Array()), 'text');
});

test('bytes that are no UTF-8 are binary, and so is a text with a NUL, which a text editor refuses', () => {
  assert.equal(kindOf(Uint8Array.of(0xff, 0xfe)), 'binary');
  assert.equal(kindOf(bytesOf('online\0')), 'binary');
});

test('an image is known by its first bytes, whole or not', () => {
  assert.equal(kindOf(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0)), 'png');
  assert.equal(kindOf(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0)), 'jpeg');
  assert.equal(kindOf(bytesOf('GIF89a')), 'gif');
  assert.equal(kindOf(bytesOf('RIFF\0\0\0\0WEBPVP8 ')), 'webp');
  assert.equal(kindOf(bytesOf('RIFF\0\0\0\0WAVE')), 'binary');
  assert.equal(kindOf(Uint8Array.of(0x89, 0x50)), 'binary');
  assert.equal(payloadKindOf(Uint8Array.of(0xff, 0xd8, 0xff), 5_000_000), 'jpeg');
});

test('a long payload is judged by its start, also where that ends inside of a character', () => {
  assert.equal(payloadKindOf(bytesOf('\n[{"a":'), 5_000_000), 'json');
  assert.equal(payloadKindOf(bytesOf('log\ud83c\udf21').subarray(0, 5), 5_000_000), 'text');
  assert.equal(payloadKindOf(Uint8Array.of(0x61, 0xff, 0xff, 0xff, 0xff), 5_000_000), 'binary');
});
