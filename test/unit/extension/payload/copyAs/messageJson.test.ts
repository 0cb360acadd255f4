import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessageDetail } from '../../../../../src/contracts/messages.ts';
import { messageJson } from '../../../../../src/extension/payload/copyAs/messageJson.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function detail(payload: Uint8Array, more: Partial<MessageDetail> = {}): MessageDetail {
  return {
    id: 7,
    topic: 'plant/t',
    receivedAtMs: Date.UTC(2026, 10, 26, 12, 3, 4, 123),
    qos: 1,
    retain: false,
    payloadBytes: payload.length,
    preview: payload,
    isWill: false,
    payload,
    truncated: false,
    ...more,
  };
}

test('a text is the payload as it came', () => {
  assert.deepEqual(JSON.parse(messageJson(detail(bytesOf('{"t":  21.50}')))), {
    topic: 'plant/t',
    receivedAt: '2026-11-26T12:03:04.123Z',
    qos: 1,
    retain: false,
    payloadBytes: 13,
    payload: '{"t":  21.50}',
  });
});

test('bytes that are no text are Base64, and so is correlation data', () => {
  const all = new Uint8Array([9, 0xff, 0x00, 0x10]).subarray(1);
  const json = JSON.parse(
    messageJson(
      detail(all, {
        publisher: 'board-1',
        isWill: true,
        packet: { packetId: 42, dup: true },
        topicAlias: 3,
        properties: {
          contentType: 'application/cbor',
          correlationData: Uint8Array.of(0xff),
          userProperties: [
            ['a', '1'],
            ['a', '2'],
          ],
        },
      }),
    ),
  );
  assert.equal(json.payloadBase64, '/wAQ');
  assert.equal('payload' in json, false);
  assert.deepEqual([json.publisher, json.isWill], ['board-1', true]);
  assert.deepEqual([json.packetId, json.dup, json.topicAlias], [42, true, 3]);
  assert.deepEqual(json.properties, {
    contentType: 'application/cbor',
    userProperties: [
      ['a', '1'],
      ['a', '2'],
    ],
    correlationDataBase64: '/w==',
  });
});

test('a mark of byte order and other unseen characters stay in the text', () => {
  const text = '\ufeffa\u202e"\n';
  assert.equal(JSON.parse(messageJson(detail(bytesOf(text)))).payload, text);
});
