import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MESSAGES_PER_SOURCE, MessageHistory } from '../../../src/model/messageHistory.ts';
import { MESSAGE_OVERHEAD_BYTES, PREVIEW_BYTES } from '../../../src/model/storedMessage.ts';
import { incoming, text } from './messages.ts';

const PLENTY = 100_000_000;

function publish(history: MessageHistory, topic: string, payload: string | Uint8Array) {
  const source = history.topic(topic);
  return history.append(source, source.name, incoming(payload));
}

test('a message is a copy: the borrowed bytes may change after the call', () => {
  const history = new MessageHistory(PLENTY);
  const payload = new Uint8Array([1, 2, 3]);
  const correlationData = new Uint8Array([4, 5]);
  const source = history.topic('a');
  const { id } = history.append(source, 'a', incoming(payload, { properties: { correlationData } }));
  payload.fill(9);
  correlationData.fill(9);
  assert.deepEqual(history.message(id)?.payload, new Uint8Array([1, 2, 3]));
  assert.deepEqual(history.message(id)?.properties?.correlationData, new Uint8Array([4, 5]));
});

test('properties are copied one by one: what else the packet carried stays behind', () => {
  const history = new MessageHistory(PLENTY);
  const properties = { contentType: 'text/plain', userProperties: [['a', 'b']] as const };
  const packet = { ...properties, topicAlias: 3 };
  const message = history.append(history.topic('a'), 'a', incoming('x', { properties: packet }));
  packet.contentType = 'changed';
  assert.deepEqual(message.properties, properties);
});

test('a copied payload owns its buffer: it does not pin the chunk that it came in', () => {
  const history = new MessageHistory(PLENTY);
  const chunk = Buffer.alloc(65_536);
  const message = publish(history, 'a', chunk.subarray(100, 110));
  assert.equal(message.payload.buffer.byteLength, 10);
});

test('a source keeps its last 100 messages and counts the others as dropped', () => {
  const history = new MessageHistory(PLENTY);
  for (let n = 1; n <= MESSAGES_PER_SOURCE + 5; n++) publish(history, 'a', `${n}`);
  const source = history.topic('a');
  assert.equal(source.held, MESSAGES_PER_SOURCE);
  assert.equal(source.total, MESSAGES_PER_SOURCE + 5);
  assert.equal(source.dropped, 5);
  assert.equal(history.droppedMessages, 5);
  assert.equal(history.message(5), undefined);
  assert.equal(history.message(6)?.id, 6);
});

test('newestMessages gives the newest that there are, newest last', () => {
  const history = new MessageHistory(PLENTY);
  for (const payload of ['1', '2', '3']) publish(history, 'a', payload);
  const payloads = (count: number) =>
    history
      .topic('a')
      .newestMessages(count)
      .map((message) => text(message.payload));
  assert.deepEqual(payloads(2), ['2', '3']);
  assert.deepEqual(payloads(10), ['1', '2', '3']);
  assert.deepEqual(payloads(0), []);
});

test('at a full budget the oldest message of all goes first, whatever its source', () => {
  const each = MESSAGE_OVERHEAD_BYTES + 1;
  const history = new MessageHistory(3 * each);
  publish(history, 'quiet', 'q');
  publish(history, 'loud', '1');
  publish(history, 'loud', '2');
  assert.equal(history.usedBytes, 3 * each);
  publish(history, 'loud', '3');
  assert.equal(history.topic('quiet').held, 0);
  assert.equal(history.topic('quiet').dropped, 1);
  publish(history, 'loud', '4');
  assert.equal(history.topic('loud').held, 3);
  assert.equal(history.topic('loud').dropped, 1);
  assert.equal(history.droppedMessages, 2);
});

test('what is held costs no more than the budget, whatever comes', () => {
  const budget = 1_000_000;
  const history = new MessageHistory(budget);
  // A fixed sequence of sizes from 0 to 300,000, some with properties.
  let state = 1;
  for (let n = 0; n < 3000; n++) {
    state = (state * 48_271) % 2_147_483_647;
    const payload = new Uint8Array(n % 50 === 0 ? state % 300_000 : state % 500);
    const source = history.topic(`topic/${state % 40}`);
    const properties = { contentType: 'x'.repeat(state % 100), userProperties: [['name', 'value']] as const };
    history.append(source, source.name, incoming(payload, n % 3 === 0 ? { properties } : {}));
    assert.ok(history.usedBytes <= budget, `${history.usedBytes} after message ${n}`);
  }
  assert.equal(history.heldMessages + history.droppedMessages, 3000);
  let used = 0;
  for (let n = 0; n < 40; n++) {
    for (const message of history.topic(`topic/${n}`).newestMessages(100)) used += message.costBytes;
  }
  assert.equal(used, history.usedBytes);
});

test('a message larger than the whole budget is kept as its preview, and says so', () => {
  const history = new MessageHistory(1_000_000);
  publish(history, 'a', 'before');
  const payload = new Uint8Array(10_000_000).fill(7);
  const message = publish(history, 'a', payload);
  assert.equal(message.isWhole, false);
  assert.equal(message.payloadBytes, 10_000_000);
  assert.equal(message.payload.length, PREVIEW_BYTES);
  assert.equal(history.topic('a').held, 2);
});

test('a 10 MB payload inside the budget is kept whole, and its preview shares no buffer with it', () => {
  const history = new MessageHistory(20_000_000);
  const message = publish(history, 'a', new Uint8Array(10_000_000).fill(7));
  assert.ok(message.isWhole);
  assert.equal(message.preview.length, PREVIEW_BYTES);
  assert.equal(message.preview.buffer.byteLength, PREVIEW_BYTES);
});

test('a message that falls out gives up all but its preview, for the node that still shows it', () => {
  const history = new MessageHistory(1_000_000);
  const message = publish(history, 'a', new Uint8Array(600_000).fill(1));
  publish(history, 'b', new Uint8Array(600_000));
  assert.equal(history.message(message.id), undefined);
  assert.equal(message.payload.buffer.byteLength, PREVIEW_BYTES);
  assert.equal(message.newer, undefined);
});

test('a smaller budget takes effect at once', () => {
  const history = new MessageHistory(PLENTY);
  for (let n = 0; n < 10; n++) publish(history, 'a', 'x');
  history.setBudget(2 * (MESSAGE_OVERHEAD_BYTES + 1));
  assert.equal(history.heldMessages, 2);
  assert.equal(history.topic('a').dropped, 8);
  history.setBudget(0);
  assert.equal(history.usedBytes, 0);
  publish(history, 'a', 'x');
  assert.equal(history.topic('a').total, 11);
  assert.equal(history.heldMessages, 0);
});

test('forget drops a source with its messages', () => {
  const history = new MessageHistory(PLENTY);
  const { id } = publish(history, 'a', 'x');
  publish(history, 'b', 'y');
  history.forget('topic', 'a');
  assert.equal(history.message(id), undefined);
  assert.equal(history.topic('a').total, 0);
  assert.equal(history.topic('b').held, 1);
});

test('clear forgets all messages and counts from 0; ids are not used again', () => {
  const history = new MessageHistory(PLENTY);
  const before = publish(history, 'a', 'x');
  history.clear();
  assert.equal(history.usedBytes, 0);
  assert.equal(history.heldMessages, 0);
  const after = publish(history, 'a', 'y');
  assert.ok(after.id > before.id);
  assert.equal(history.topic('a').total, 1);
});

test('topics and subscriptions of the same name are two sources', () => {
  const history = new MessageHistory(PLENTY);
  publish(history, 'a', 'x');
  assert.equal(history.subscription('a').total, 0);
});
