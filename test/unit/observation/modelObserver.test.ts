import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConnectionInfo, Message } from '../../../src/broker/observer.ts';
import { Model } from '../../../src/model/model.ts';
import { protocolError } from '../../../src/mqtt/errorCodes.ts';
import type { ConnectPacket } from '../../../src/mqtt/packets.ts';
import { recordDelivery, recordRemote } from '../../../src/observation/deliveries.ts';
import { ModelObserver } from '../../../src/observation/modelObserver.ts';
import { FakeClock } from '../../support/fakeClock.ts';

function setUp() {
  const clock = new FakeClock(5000);
  const model = new Model({ historyBytes: 1_000_000 });
  return { clock, model, observer: new ModelObserver(model, clock) };
}

const connection: ConnectionInfo = {
  connectionId: 1,
  transportKind: 'mqtt',
  remoteAddress: '127.0.0.1:50123',
  connectedAtMs: 4000,
};

const connect: ConnectPacket = {
  kind: 'connect',
  protocolVersion: 5,
  cleanStart: false,
  keepAliveSeconds: 30,
  clientId: '',
  username: 'board',
  will: { topic: 'gone', payload: new Uint8Array(), qos: 0, retain: false },
};

function message(topic: string, payload: string, more: Partial<Message> = {}): Message {
  return { topic, payload: new TextEncoder().encode(payload), qos: 0, retain: false, ...more };
}

function newestOf(model: Model, topic: string) {
  const node = model.topics.find(topic);
  return node && model.newestOf(node);
}

test('a published message is in the tree and in its topic’s history, with who published it and when', () => {
  const { clock, model, observer } = setUp();
  clock.advance(1000);
  observer.messagePublished(message('a/b', 'x', { qos: 2, retain: true }), 'device', true);
  const last = newestOf(model, 'a/b');
  assert.deepEqual(
    [last?.topic, last?.publisher, last?.isWill, last?.qos, last?.retain, last?.receivedAtMs],
    ['a/b', 'device', true, 2, true, 6000],
  );
});

test('a message of the broker itself has no publisher', () => {
  const { model, observer } = setUp();
  observer.messagePublished(message('a', 'x'), undefined, false);
  assert.equal(newestOf(model, 'a')?.publisher, undefined);
});

test('a long topic is kept once, however many messages come on it', () => {
  const { model, observer } = setUp();
  // Two strings with the same text, as two packets give.
  const first = Buffer.alloc(65_535, 'x').toString();
  const second = Buffer.alloc(65_535, 'x').toString();
  observer.messagePublished(message(first, '1'), 'device', false);
  observer.messagePublished(message(second, '2'), 'device', false);
  assert.equal(model.topics.find(first)?.messageCount, 2);
  assert.equal([...model.log.topics.all()].length, 1);
});

test('how a client’s connection ended is kept under the id that it was given', () => {
  const { clock, model, observer } = setUp();
  observer.clientConnected(connection, 'assigned-1', connect);
  assert.equal(model.clients.lastOf('assigned-1'), undefined);
  clock.advance(1000);
  observer.connectionClosed(connection, 'assigned-1', { kind: 'keepAliveTimeout', keepAliveSeconds: 30 });
  assert.deepEqual(model.clients.lastOf('assigned-1'), {
    clientId: 'assigned-1',
    remoteAddress: '127.0.0.1:50123',
    transportKind: 'mqtt',
    protocolVersion: 5,
    username: 'board',
    connectedAtMs: 4000,
    endedAtMs: 6000,
    end: { kind: 'keepAliveTimeout', keepAliveSeconds: 30 },
    times: 1,
  });
});

test('a fault of the peer is kept with packet, byte and clause', () => {
  const { model, observer } = setUp();
  const error = protocolError('qos-invalid', 5, { packetKind: 'publish', byteOffset: 0, message: 'QoS 3.' });
  observer.connectionClosed(connection, 'c', { kind: 'protocolError', error });
  assert.deepEqual(model.clients.lastOf('c')?.end, {
    ...{ kind: 'protocolError', packetKind: 'publish', byteOffset: 0, message: 'QoS 3.' },
    ...{ clause: 'MQTT-3.3.1-4', errorCode: 'qos-invalid' },
  });
});

test('a connection that never said who it is changes nothing', () => {
  const { model, observer } = setUp();
  observer.connectionClosed(connection, undefined, { kind: 'connectTimeout', timeoutSeconds: 10 });
  assert.deepEqual([...model.clients.ended()], []);
});

test('a retained message marks its topic until it is cleared', () => {
  const { model, observer } = setUp();
  observer.retainedChanged('a', message('a', 'x', { retain: true }));
  assert.equal(model.topics.find('a')?.retained, true);
  observer.retainedChanged('a', undefined);
  assert.equal(model.topics.find('a')?.retained, false);
});

test('the packet events stay undefined: the broker need not gather them', () => {
  const { observer } = setUp();
  const events: object = observer;
  for (const name of ['packetReceived', 'packetSent', 'messageDelivered']) assert.ok(!(name in events), name);
});

test('a delivery is recorded for each subscription that it was for, and counted alone for one that is muted', () => {
  const { model } = setUp();
  const delivered = { topic: 'a/b', payload: new Uint8Array([1]), qos: 1, retain: true } as const;
  recordDelivery(
    model,
    { ...delivered, topicFilters: ['a/#', '+/b', 'a/+'], isRepeat: false, isMuted: false, hasWaited: false },
    7000,
    new Set(['a/+']),
  );
  for (const topicFilter of ['a/#', '+/b']) {
    const view = model.views.open({ origin: model.feeds.get(topicFilter).origin });
    model.views.advance(() => false);
    const delivered = model.log.message(view.idAt(0) ?? 0);
    assert.deepEqual(
      [view.end, delivered?.topic, delivered?.qos, delivered?.retain, delivered?.receivedAtMs],
      [1, 'a/b', 1, true, 7000],
    );
    assert.equal(model.feeds.get(topicFilter).total, 1);
  }
  const muted = model.views.open({ origin: model.feeds.get('a/+').origin });
  model.views.advance(() => false);
  assert.deepEqual([muted.end, model.feeds.get('a/+').total], [0, 1]);
  assert.equal(model.topics.find('a/b'), undefined, 'the tree is the broker’s observer’s to fill');
});

test('a delivery of another broker is recorded once in its tree, whatever it was sent for', () => {
  const { model } = setUp();
  const delivered = { topic: 'a/b', payload: new Uint8Array([1]), qos: 0, retain: false } as const;
  const properties = { contentType: 'text/plain', subscriptionIdentifiers: [1] };
  const first = {
    ...delivered,
    properties,
    topicFilters: ['a/#'],
    isRepeat: false,
    isMuted: false,
    hasWaited: true,
  };
  assert.equal(recordRemote(model, first, 7000), true);
  const second = { ...delivered, topicFilters: ['+/b'], isRepeat: true, isMuted: false, hasWaited: false };
  assert.equal(recordRemote(model, second, 7000), false);
  const muted = { ...delivered, topicFilters: ['#'], isRepeat: false, isMuted: true, hasWaited: false };
  assert.equal(recordRemote(model, muted, 7000), false);
  assert.equal(model.topics.find('a/b')?.messageCount, 1);
  const { properties: recorded, hasWaited } = model.log.message(model.log.firstId) ?? {};
  assert.equal(hasWaited, true);
  assert.deepEqual(recorded, { contentType: 'text/plain' }, 'identifiers are this client’s own');
});
