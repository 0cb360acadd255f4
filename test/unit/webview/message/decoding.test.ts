import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  DecodedMessage,
  DecodingCandidate,
  DecodingOutcome,
} from '../../../../src/contracts/decoding.ts';
import { automaticKey, menuKeyOf, showsOwnBytes } from '../../../../src/webview/message/decoding.ts';

const cbor: DecodingCandidate = { id: 'cbor', label: 'CBOR', confidence: 0.9, via: [], isChosen: false };
const hex: DecodingCandidate = { id: 'hex', label: 'Hex', confidence: 0.1, via: [], isChosen: false };
const failed: DecodingOutcome = { kind: 'failed', message: 'no' };

function decodedBy(used: DecodingCandidate, outcome = failed): DecodedMessage {
  return { id: 1, candidates: [cbor, hex], used, outcome };
}

test('the payload’s own bytes are shown by its own tabs, and by a decoder that made nothing of them', () => {
  const viewed = (bytes?: Uint8Array) =>
    decodedBy(hex, { kind: 'decoded', view: { kind: 'hex', ...(bytes && { bytes }) }, notes: [] });
  assert.equal(showsOwnBytes('text', decodedBy(cbor)), true);
  assert.equal(showsOwnBytes('decoded', decodedBy(cbor)), true);
  assert.equal(showsOwnBytes('decoded', viewed()), true);
  assert.equal(showsOwnBytes('decoded', viewed(Uint8Array.of(1))), false);
  const json: DecodingOutcome = { kind: 'decoded', view: { kind: 'json', text: '1' }, notes: [] };
  assert.equal(showsOwnBytes('decoded', decodedBy(cbor, json)), false);
});

test('the decoder menu stays where the person has put it while the answer is on its way', () => {
  assert.equal(menuKeyOf(decodedBy(cbor), undefined), automaticKey);
  assert.equal(menuKeyOf(decodedBy({ ...cbor, isChosen: true }), undefined), 'cbor');
  assert.equal(menuKeyOf(decodedBy(cbor), { id: 'hex', via: [] }), 'hex');
  assert.equal(menuKeyOf(decodedBy({ ...cbor, isChosen: true }), 'automatic'), automaticKey);
});

test('a decoder that was tried and does not fit the next message is not named for it', () => {
  assert.equal(menuKeyOf(decodedBy(cbor), { id: 'avro', via: [] }), automaticKey);
});
