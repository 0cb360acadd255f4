import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import { MessageService } from '../../../src/engine/messageService.ts';
import { Models } from '../../../src/engine/models.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

function setUp(historyBytes = 1_000_000) {
  const models = new Models(historyBytes);
  const model = models.local;
  const incoming = (payload: Uint8Array) =>
    ({ payload, qos: 0, retain: false, receivedAtMs: 1000, isWill: false }) as const;
  return {
    service: new MessageService(models, systemClock),
    /** Returns its id. */
    publish: (topic: string, payload = bytes('x')) => {
      model.messagePublished(topic, incoming(payload));
      return model.log.nextId - 1;
    },
    deliver: (topicFilter: string, topic: string) => {
      model.messageDelivered(topicFilter, topic, incoming(bytes('x')));
      return model.log.nextId - 1;
    },
    model,
    models,
  };
}

test('the previous message is the newest one before it on the same topic', () => {
  const { service, publish } = setUp();
  const [first, , second] = [publish('a', bytes('1')), publish('b'), publish('a', bytes('2'))];
  publish('a', bytes('3'));
  const found = service.previousMessage({ id: second });
  assert.ok(found.kind === 'found');
  assert.deepEqual([found.previous.id, found.previous.preview], [first, bytes('1')]);
  assert.deepEqual(service.previousMessage({ id: first }), { kind: 'none' });
});

test('what a subscription was delivered is compared with what it was delivered before', () => {
  const { service, publish, deliver } = setUp();
  publish('a');
  const first = deliver('#', 'a');
  publish('a');
  deliver('a', 'a');
  const second = deliver('#', 'a');
  const found = service.previousMessage({ id: second });
  assert.ok(found.kind === 'found');
  assert.equal(found.previous.id, first);
});

test('it is found across all segments of the log', () => {
  const { service, publish, model } = setUp();
  const first = publish('a');
  for (let i = 0; i < 500; i++) publish('noise', new Uint8Array(1000));
  assert.ok(model.log.segments.length > 2, `${model.log.segments.length}`);
  const found = service.previousMessage({ id: publish('a') });
  assert.ok(found.kind === 'found');
  assert.equal(found.previous.id, first);
});

test('a message that is not held is told apart from one that was the first', () => {
  const { service, publish } = setUp(20_000);
  const gone = publish('a');
  for (let i = 0; i < 500; i++) publish('noise', new Uint8Array(100));
  assert.deepEqual(service.previousMessage({ id: gone }), { kind: 'notHeld' });
  assert.deepEqual(service.previousMessage({ id: 1_000_000 }), { kind: 'notHeld' });
  assert.deepEqual(service.previousMessage({ id: publish('a') }), { kind: 'none' });
});

test('a message of a recording is compared with those of the recording', () => {
  const { service, publish, models } = setUp();
  publish('a');
  const { connection, model } = models.add({ kind: 'recording', name: 'run.jsonl' });
  const incoming = { payload: bytes('x'), qos: 0, retain: false, receivedAtMs: 1, isWill: false } as const;
  model.messagePublished('a', incoming);
  const first = model.log.nextId - 1;
  assert.deepEqual(service.previousMessage({ id: first }), { kind: 'none' });
  model.messagePublished('a', incoming);
  const found = service.previousMessage({ id: first + 1 });
  assert.ok(found.kind === 'found');
  assert.equal(found.previous.id, first);
  models.remove(connection);
  assert.deepEqual(service.previousMessage({ id: first + 1 }), { kind: 'notHeld' });
});
