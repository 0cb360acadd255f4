import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BrokerCounters, EngineEvents, SubscriptionInfo } from '../../../src/contracts/engine.ts';
import { ChangeEvents } from '../../../src/engine/changeEvents.ts';
import type { Emit } from '../../../src/engine/modelEvents.ts';
import { Model } from '../../../src/model/model.ts';
import { ModelObserver } from '../../../src/observation/modelObserver.ts';
import { FakeClock } from '../../support/fakeClock.ts';

function setUp() {
  const clock = new FakeClock();
  const model = new Model({ historyBytes: 10_000_000 });
  const observer = new ModelObserver(model, clock);
  const sent: { [K in keyof EngineEvents]: EngineEvents[K][] } = {
    brokerState: [],
    clientsChanged: [],
    warningsFound: [],
    counters: [],
    subscriptionsChanged: [],
    topicsChanged: [],
    messagesChanged: [],
    recordingsChanged: [],
    remoteBrokersChanged: [],
    connectionTestProgress: [],
    recordingState: [],
    recordingEnded: [],
    exportProgress: [],
    replayState: [],
    replayEnded: [],
    retainedChanged: [],
    retainedProgress: [],
    clearedRetainedChanged: [],
    packetsChanged: [],
    packetStepsChanged: [],
    traceChanged: [],
    seriesChanged: [],
    repeatsChanged: [],
    repeatEnded: [],
    faultsChanged: [],
    log: [],
  };
  const emit: Emit = (event, payload) => sent[event].push(payload);
  const state: { counters: BrokerCounters | undefined; subscriptions: SubscriptionInfo[] } = {
    counters: undefined,
    subscriptions: [],
  };
  const changes = new ChangeEvents({
    clock,
    model,
    counters: () => state.counters,
    subscriptions: () => state.subscriptions,
    emit,
  });
  const publish = (topic: string): void => {
    const message = { topic, payload: new Uint8Array([1]), qos: 0, retain: false } as const;
    observer.messagePublished(message, 'device', false);
    changes.observer.messagePublished?.(message, 'device', false);
  };
  return { clock, model, sent, state, changes, publish };
}

const counted = (messagesReceived: number): BrokerCounters => ({
  messagesReceived,
  messagesDelivered: 0,
  messagesDropped: 0,
  payloadBytesReceived: messagesReceived,
  limitsReached: [],
});

test('nothing is sent while nobody watches, however much comes', () => {
  const { clock, sent, publish } = setUp();
  for (let n = 0; n < 1000; n++) publish(`a/${n}`);
  clock.advance(60_000);
  assert.deepEqual(sent.topicsChanged, []);
  assert.deepEqual(sent.messagesChanged, []);
  assert.equal(clock.pendingTimers, 0);
});

test('5,000 messages a second into 1,000 topics are at most four topic events a second of 1,000 nodes', () => {
  const { clock, model, sent, publish } = setUp();
  for (let n = 0; n < 1000; n++) publish(`plant/${n}`);
  const plant = model.topics.find('plant')?.id ?? -1;
  model.topics.watch([0, plant]);
  for (let ms = 0; ms < 1000; ms++) {
    for (let n = 0; n < 5; n++) publish(`plant/${(ms * 5 + n) % 1000}`);
    clock.advance(1);
  }
  // At 0, 250, 500, 750 and 1,000 ms.
  assert.equal(sent.topicsChanged.length, 5);
  for (const { changed } of sent.topicsChanged) assert.ok(changed.length <= 1000);
  const node = sent.topicsChanged.at(-1)?.changed.find(({ topic }) => topic === 'plant/42');
  assert.equal(node?.messageCount, 6);
});

test('changes beyond 1,000 nodes come with the following events, without a further message', () => {
  const { clock, model, sent, publish } = setUp();
  model.topics.watch([0]);
  for (let n = 0; n < 2500; n++) publish(`topic${n}`);
  clock.advance(900); // before the rates are looked at
  assert.deepEqual(
    sent.topicsChanged.map(({ changed }) => changed.length),
    [1000, 1000, 500],
  );
  assert.deepEqual(
    sent.topicsChanged.map(({ childrenChanged }) => childrenChanged),
    [[0], [], []],
  );
});

test('a view of the messages is told of ten times a second at most, and not at all when nothing came', () => {
  const { clock, model, sent, publish } = setUp();
  const view = model.views.open({ origin: 0, topicFilter: 'a' });
  for (let ms = 0; ms < 9950; ms++) {
    for (let n = 0; n < 10; n++) publish('a');
    clock.advance(1);
  }
  assert.equal(sent.messagesChanged.length, 100);
  clock.advance(60_000);
  const last = sent.messagesChanged.at(-1);
  assert.deepEqual([last?.viewId, last?.end, last?.progress], [view.id, 99_500, 1]);
  const { length } = sent.messagesChanged;
  publish('another topic');
  clock.advance(60_000);
  assert.equal(sent.messagesChanged.length, length);
});

test('counters are sent when they changed, and looked at until they stand still', () => {
  const { clock, sent, state, publish } = setUp();
  state.counters = counted(1);
  publish('a');
  clock.advance(0);
  // The delivery comes after the message, and no message comes after it.
  state.counters = { ...counted(1), messagesDelivered: 1 };
  clock.advance(10_000);
  assert.deepEqual(
    sent.counters.map(({ messagesDelivered }) => messagesDelivered),
    [0, 1],
  );
  publish('a');
  clock.advance(60_000);
  assert.equal(sent.counters.length, 2);
  assert.equal(clock.pendingTimers, 0);
});

test('warnings are told together, and change the list of clients', () => {
  const { clock, model, sent } = setUp();
  const found = ['a', 'b'].map((clientId) => ({
    ...{ clientId, atMs: 1, lastAtMs: 1, times: 1, facts: { kind: 'keepAliveOff' as const } },
  }));
  for (const warning of found) model.warnings.add(warning);
  clock.advance(1000);
  assert.deepEqual(sent.warningsFound, [found]);
  assert.deepEqual(sent.clientsChanged, [{}]);
  // The list says how many each has.
  model.warnings.remove('a', 'keepAliveOff');
  clock.advance(1000);
  assert.deepEqual([sent.warningsFound.length, sent.clientsChanged.length], [1, 2]);
});

test('connected clients and subscriptions are one event for any number of changes', () => {
  const { clock, model, sent, state, changes } = setUp();
  for (let n = 0; n < 50; n++) model.clients.changed();
  state.subscriptions = [{ topicFilter: 'a', qos: 0, messageCount: 1 }];
  for (let n = 0; n < 50; n++) changes.subscriptionsChanged();
  clock.advance(1000);
  assert.deepEqual(sent.clientsChanged, [{}]);
  assert.deepEqual(sent.subscriptionsChanged, [state.subscriptions]);
});

test('after dispose nothing is sent', () => {
  const { clock, model, sent, changes, publish } = setUp();
  model.topics.watch([0]);
  publish('a');
  changes.dispose();
  publish('b');
  clock.advance(10_000);
  assert.deepEqual(sent.topicsChanged, []);
});

test('a limit that is reached is sent with the counters, and again when it is reached again', () => {
  const { clock, sent, state, changes } = setUp();
  const reached = (times: number): BrokerCounters => ({
    ...counted(0),
    limitsReached: [{ limit: 'maxConnections', times }],
  });
  for (const times of [1, 1, 2]) {
    state.counters = reached(times);
    changes.observer.limitReached?.('maxConnections', 10, times);
    clock.advance(1000);
  }
  assert.deepEqual(sent.counters, [reached(1), reached(2)]);
});
