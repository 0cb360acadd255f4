import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConnectionInfo, Message } from '../../../src/broker/observer.ts';
import { Model } from '../../../src/model/model.ts';
import type { ConnectPacket } from '../../../src/mqtt/packets.ts';
import { recordDelivery } from '../../../src/observation/deliveries.ts';
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

test('a client is listed from its connect to its close, under the id that it was given', () => {
  const { model, observer } = setUp();
  observer.clientConnected(connection, 'assigned-1', connect);
  assert.deepEqual(model.clients.list(), [
    {
      client: {
        connectionId: 1,
        clientId: 'assigned-1',
        protocolVersion: 5,
        remoteAddress: '127.0.0.1:50123',
        transportKind: 'mqtt',
        username: 'board',
        keepAliveSeconds: 30,
        cleanStart: false,
        connectedAtMs: 4000,
        hasWill: true,
      },
      subscriptions: [],
    },
  ]);
  observer.connectionClosed(connection, 'assigned-1', { kind: 'networkClosed' });
  assert.deepEqual(model.clients.list(), []);
});

test('a connection that never said who it is changes nothing', () => {
  const { model, observer } = setUp();
  observer.connectionClosed(connection, undefined, { kind: 'connectTimeout', timeoutSeconds: 10 });
  assert.deepEqual(model.clients.list(), []);
});

test('a subscription is listed with the QoS that was granted, and not at all when refused [MQTT-3.9.3-1]', () => {
  const { model, observer } = setUp();
  const request = { qos: 2, noLocal: false, retainAsPublished: false, retainHandling: 0 } as const;
  observer.clientConnected(connection, 'c', connect);
  observer.subscribed('c', { ...request, topicFilter: 'granted/#' }, 1);
  observer.subscribed('c', { ...request, topicFilter: 'refused' }, 0x87);
  assert.deepEqual(model.clients.list()[0]?.subscriptions, [{ topicFilter: 'granted/#', qos: 1 }]);
  observer.unsubscribed('c', 'granted/#');
  assert.deepEqual(model.clients.list()[0]?.subscriptions, []);
});

test('a session that ends takes its subscriptions with it', () => {
  const { model, observer } = setUp();
  const request = { qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 0 } as const;
  observer.subscribed('c', { ...request, topicFilter: 'a' }, 0);
  observer.sessionEnded('c');
  observer.clientConnected(connection, 'c', connect);
  assert.deepEqual(model.clients.list()[0]?.subscriptions, []);
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

test('a delivery is recorded for each subscription that it was for', () => {
  const { model } = setUp();
  const delivered = { topic: 'a/b', payload: new Uint8Array([1]), qos: 1, retain: true } as const;
  recordDelivery(model, { ...delivered, topicFilters: ['a/#', '+/b'] }, 7000);
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
  assert.equal(model.topics.find('a/b'), undefined, 'the tree is the broker’s observer’s to fill');
});
