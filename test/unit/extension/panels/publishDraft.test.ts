import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessageDetail } from '../../../../src/contracts/messages.ts';
import { draftOf } from '../../../../src/extension/panels/publishDraft.ts';

function messageOf(payload: string | Uint8Array, more: Partial<MessageDetail> = {}): MessageDetail {
  const bytes = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload;
  return {
    id: 1,
    topic: 'a',
    receivedAtMs: 0,
    qos: 1,
    retain: true,
    payloadBytes: bytes.length,
    preview: bytes,
    isWill: false,
    payload: bytes,
    truncated: false,
    ...more,
  };
}

test('text and JSON come as they are, with topic, QoS and retain', () => {
  assert.deepEqual(draftOf(messageOf('on\noff')), {
    topic: 'a',
    qos: 1,
    retain: true,
    format: 'text',
    payloadText: 'on\noff',
    properties: {},
    isVerbatim: true,
  });
  assert.equal(draftOf(messageOf('{"a":1}')).format, 'json');
});

test('what a text area would change comes as hex: bytes that are no text, carriage returns, a final NUL', () => {
  const hexOf = (payload: string | Uint8Array) => {
    const { format, payloadText } = draftOf(messageOf(payload));
    return [format, payloadText];
  };
  assert.deepEqual(hexOf(Uint8Array.of(0xca, 0xfe)), ['hex', 'CA FE']);
  assert.deepEqual(hexOf('AT\r\n'), ['hex', '41 54 0D 0A']);
  assert.deepEqual(hexOf('on\0'), ['hex', '6F 6E 00']);
});

test('properties come along, but for the identifiers of the subscription that delivered it', () => {
  const properties = {
    contentType: 'text/plain',
    correlationData: Uint8Array.of(1, 0xab),
    subscriptionIdentifiers: [7],
  };
  assert.deepEqual(draftOf(messageOf('x', { properties })).properties, {
    contentType: 'text/plain',
    correlationDataHex: '01AB',
  });
});
