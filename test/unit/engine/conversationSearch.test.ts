/** The conversation of each packet of a trace, also where it is looked for a few packets at a time, and through all of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConversationSearch, MAX_ALIKE } from '../../../src/engine/conversationSearch.ts';
import { PacketTrace, type TracedConnection } from '../../../src/model/packetTrace.ts';
import { OUT_FLAG } from '../../../src/model/traceSegment.ts';
import { encode } from '../../../src/mqtt/encode.ts';
import type { Packet, ProtocolVersion } from '../../../src/mqtt/packets.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { answer, connack, publish } from '../trace/messagePackets.ts';

interface More {
  connectionId?: number;
  protocolVersion?: ProtocolVersion;
}

/** Its ids count from 1. */
class Trace {
  readonly trace: PacketTrace;
  readonly #connections = new Map<string, TracedConnection>();

  constructor(budgetBytes = 8 * 1_048_576) {
    this.trace = new PacketTrace(budgetBytes, new FakeClock());
  }

  get lastId(): number {
    return this.trace.nextId - 1;
  }

  add(
    clientId: string,
    direction: 'in' | 'out',
    packet: Packet,
    { connectionId = 1, protocolVersion = 5 }: More = {},
  ): this {
    const name = `${clientId} ${connectionId}`;
    const facts = { connectionId, remoteAddress: `127.0.0.1:${connectionId}`, transportKind: 'mqtt' };
    const connection = this.#connections.get(name) ?? this.trace.connectionOpened(facts, clientId);
    this.#connections.set(name, connection);
    const bytes = encode(packet, protocolVersion);
    const flags = direction === 'out' ? OUT_FLAG : 0;
    this.trace.append(connection, bytes, 0, bytes.length, protocolVersion, flags);
    return this;
  }

  /** Messages of others, each another one. */
  noise(count: number, protocolVersion: ProtocolVersion = 4): this {
    for (let number = 0; number < count; number++)
      this.add('noise', 'in', publish('noise', `${number}`), { protocolVersion });
    return this;
  }

  /** Looked for in slices as short as can be. */
  search(id: number): ConversationSearch {
    const search = new ConversationSearch(this.trace, this.trace.packet(id)!); // it was added
    this.lookOn(search);
    return search;
  }

  lookOn(search: ConversationSearch): void {
    while (search.lookedAtTo < this.trace.nextId) search.advance(() => true);
  }

  /** Ids of the packets of the conversation of one of them. */
  of(id: number): readonly number[] | undefined {
    return this.search(id).conversation()?.packets;
  }
}

test('a QoS 1 message is one conversation, from its publisher to each subscriber', () => {
  const trace = new Trace()
    .add('board', 'in', publish('oven/state', '21', 7)) // 1
    .add('phone', 'out', publish('oven/state', '21', 1)) // 2
    .add('screen', 'out', publish('oven/state', '21')) // 3
    .add('board', 'out', answer('puback', 7)) // 4
    .add('board', 'in', publish('oven/door', 'open', 8)) // 5
    .add('phone', 'in', answer('puback', 1)); // 6
  for (const id of [1, 2, 3, 4, 6]) assert.deepEqual(trace.of(id), [1, 2, 3, 4, 6], `asked for ${id}`);
  assert.deepEqual(trace.of(5), [5]);
  const conversation = trace.search(6).conversation();
  assert.equal(conversation?.publisher?.clientId, 'board');
  assert.deepEqual(
    conversation?.subscribers.map(({ clientId }) => clientId),
    ['phone', 'screen'],
  );
});

for (const protocolVersion of [4, 5] as const)
  test(`a delivery of MQTT ${protocolVersion} is found however much came between, from each of its packets`, () => {
    const version = { protocolVersion };
    const trace = new Trace()
      .noise(3_000)
      .add('board', 'in', publish('oven/state', '21', 7), version) // 3001
      .add('board', 'out', answer('puback', 7), version) // 3002
      .noise(20_000, protocolVersion)
      .add('phone', 'out', publish('oven/state', '21', 1), version) // 23003
      .noise(20_000, protocolVersion)
      .add('phone', 'in', answer('puback', 1), version); // 43004
    const all = [3001, 3002, 23_003, 43_004];
    for (const id of all) assert.deepEqual(trace.of(id), all, `asked for ${id}`);
  });

test('what comes later is found by the same search, which tells that there is something', () => {
  const trace = new Trace().add('board', 'in', publish('oven/state', '21', 7)); // 1
  const search = trace.search(1);
  assert.equal(search.takeNews(), true);
  assert.equal(search.takeNews(), false);
  trace.noise(1_000);
  trace.lookOn(search);
  assert.equal(search.takeNews(), false);
  trace
    .add('phone', 'out', publish('oven/state', '21', 1)) // 1002
    .add('board', 'out', answer('puback', 7)); // 1003
  trace.lookOn(search);
  assert.equal(search.takeNews(), true);
  assert.deepEqual(search.conversation()?.packets, [1, 1002, 1003]);
});

test('a QoS 2 exchange has all four steps, and the same packet identifier the other way is another', () => {
  const trace = new Trace()
    .add('board', 'in', publish('a', '1', 7, { qos: 2 })) // 1
    .add('board', 'out', publish('b', '2', 7, { qos: 2 })) // 2
    .add('board', 'out', answer('pubrec', 7)) // 3, of a
    .add('board', 'in', answer('pubrec', 7)) // 4, of b
    .add('board', 'in', answer('pubrel', 7)) // 5, of a
    .add('board', 'out', answer('pubrel', 7)) // 6, of b
    .add('board', 'in', answer('pubcomp', 7)) // 7, of b
    .add('board', 'out', answer('pubcomp', 7)) // 8, of a
    .add('board', 'in', publish('a', '3', 7, { qos: 2 })); // 9
  assert.deepEqual(trace.of(1), [1, 3, 5, 8]);
  assert.deepEqual(trace.of(7), [2, 4, 6, 7]);
  assert.deepEqual(trace.of(9), [9]);
});

test('a refusal in PUBREC ends an exchange', () => {
  const trace = new Trace()
    .add('board', 'in', publish('a', '1', 7, { qos: 2 }))
    .add('board', 'out', answer('pubrec', 7, 0x87))
    .add('board', 'in', publish('a', '1', 7, { qos: 2, dup: true }));
  assert.deepEqual(trace.of(1), [1, 2]);
  assert.deepEqual(trace.of(3), [3]);
});

test('a packet identifier that is used for another message ends an exchange', () => {
  const trace = new Trace()
    .add('board', 'in', publish('a', '1', 7), { protocolVersion: 4 })
    .add('board', 'in', publish('a', '2', 7), { protocolVersion: 4 })
    .add('board', 'out', answer('puback', 7), { protocolVersion: 4 });
  assert.deepEqual(trace.of(1), [1]);
  assert.deepEqual(trace.of(3), [2, 3]);
});

test('a message that is sent again over the next connection is the same, unless the session is lost', () => {
  const second = { connectionId: 2 };
  const kept = new Trace()
    .add('board', 'in', publish('a', '1', 7))
    .add('board', 'out', connack(true), second)
    .add('board', 'in', publish('a', '1', 7, { dup: true }), second)
    .add('board', 'out', answer('puback', 7), second);
  for (const id of [1, 3, 4]) assert.deepEqual(kept.of(id), [1, 3, 4], `asked for ${id}`);
  const lost = new Trace()
    .add('board', 'in', publish('a', '1', 7))
    .add('board', 'out', connack(false), second)
    .add('board', 'in', publish('a', '1', 7, { dup: true }), second);
  assert.deepEqual(lost.of(1), [1]);
  assert.deepEqual(lost.of(3), [3]);
});

test('steps over the next connection alone are of the message that was published over the one before', () => {
  const second = { connectionId: 2 };
  const trace = new Trace()
    .add('board', 'in', publish('a', '1', 7, { qos: 2 })) // 1
    .add('phone', 'out', publish('a', '1')) // 2
    .add('board', 'out', answer('pubrec', 7)) // 3
    .add('board', 'out', connack(true), second) // 4
    .add('board', 'in', answer('pubrel', 7), second) // 5
    .add('board', 'out', answer('pubcomp', 7), second); // 6
  assert.deepEqual(trace.of(6), [1, 2, 3, 5, 6]);
});

test('the same message again and again: each delivery is of the last one that fits, in their order', () => {
  const trace = new Trace()
    .add('board', 'in', publish('a', '1', 1)) // 1: nobody is subscribed yet
    .add('board', 'in', publish('a', '1', 2)) // 2
    .add('board', 'in', publish('a', '1', 3)) // 3
    .add('phone', 'out', publish('a', '1', 1)) // 4: of 2
    .add('phone', 'out', publish('a', '1', 2)) // 5: of 3
    .add('board', 'in', publish('a', '1', 4)) // 6
    .add('phone', 'out', publish('a', '1', 3)); // 7: of 6
  assert.deepEqual(trace.of(1), [1]);
  assert.deepEqual(trace.of(2), [2, 4]);
  assert.deepEqual(trace.of(5), [3, 5]);
  assert.deepEqual(trace.of(7), [6, 7]);
});

test('of a message that comes again and again the nearest are looked at, and it is told that there are more', () => {
  const trace = new Trace();
  const published = (count: number): void => {
    for (let number = 0; number < count; number++) trace.add('board', 'in', publish('a', '1'));
  };
  published(MAX_ALIKE);
  const own = trace.add('board', 'in', publish('a', '1')).add('phone', 'out', publish('a', '1')).lastId - 1;
  published(MAX_ALIKE - 1);
  const search = trace.search(own);
  assert.equal(search.isCut, false);
  assert.equal(trace.search(own + 2).isCut, true);
  published(1);
  trace.lookOn(search);
  assert.equal(search.isCut, true);
  assert.deepEqual(search.conversation()?.packets, [own, own + 1]);
  assert.equal(trace.search(1).isCut, true);
  const last = trace.search(trace.lastId);
  assert.equal(last.isCut, true);
  assert.deepEqual(last.conversation()?.packets, [trace.lastId]);
});

test('a message is found by the last packet of its exchange, however often the same came since', () => {
  const trace = new Trace().add('board', 'in', publish('a', '1', 7));
  for (let number = 0; number <= MAX_ALIKE; number++) trace.add('board', 'in', publish('a', '1'));
  trace.add('board', 'in', publish('a', '1', 7, { dup: true })).add('board', 'out', answer('puback', 7));
  const { lastId } = trace;
  for (const id of [lastId - 1, lastId]) assert.deepEqual(trace.of(id), [1, lastId - 1, lastId]);
});

test('a topic alias is followed, and a message that was cut is known by what was kept', () => {
  // Of one packet with it just as much is kept as there is; the other is longer, by its topic.
  const text = 'x'.repeat(65_525);
  const withAlias = (topic: string, payload: string): Packet => ({
    ...(publish(topic, payload) as Extract<Packet, { kind: 'publish' }>),
    properties: { topicAlias: 3 },
  });
  const trace = new Trace()
    .add('board', 'in', withAlias('oven/state', 'on')) // 1
    .add('board', 'in', withAlias('', text)) // 2
    .add('phone', 'out', publish('oven/state', text), { protocolVersion: 4 }) // 3
    .add('board', 'in', withAlias('oven/door', 'on')) // 4
    .add('board', 'in', withAlias('', text)); // 5
  const isWhole = (id: number): boolean => {
    const packet = trace.trace.packet(id);
    return packet?.bytes.length === packet?.wholeBytes;
  };
  assert.deepEqual([isWhole(2), isWhole(3)], [true, false]);
  for (const id of [2, 3]) assert.deepEqual(trace.of(id), [2, 3], `asked for ${id}`);
  assert.deepEqual(trace.of(5), [5]);
});

test('messages without a payload, and with a short one, are told from others by their topic', () => {
  for (const text of ['', 'x']) {
    const trace = new Trace();
    for (const topic of ['a', 'b'])
      trace
        .add('board', 'in', publish(topic, text), { protocolVersion: 4 })
        .add('phone', 'out', publish(topic, text), { protocolVersion: 4 });
    assert.deepEqual(trace.of(1), [1, 2]);
    assert.deepEqual(trace.of(4), [3, 4]);
  }
});

test('what belongs to no message has no conversation, and an acknowledgement whose PUBLISH is gone has its own', () => {
  const trace = new Trace().add('board', 'in', { kind: 'pingreq' }).add('board', 'in', answer('pubrel', 9));
  assert.equal(trace.of(1), undefined);
  const search = trace.search(2);
  assert.equal(search.takeNews(), true);
  trace.add('phone', 'out', answer('pubcomp', 9)).noise(1_000);
  trace.lookOn(search);
  assert.equal(search.takeNews(), false);
  trace.add('board', 'out', answer('pubcomp', 9));
  trace.lookOn(search);
  assert.equal(search.takeNews(), true);
  assert.deepEqual(search.conversation()?.packets, [2, trace.lastId]);
  assert.equal(search.conversation()?.message, undefined);
});

test('what the trace has dropped is left out, and what it was is known still', () => {
  const version = { protocolVersion: 4 } as const;
  const trace = new Trace(131_072).add('board', 'in', publish('oven/state', '21', 7), version);
  while (trace.trace.segments.length < 2) trace.noise(1);
  trace.add('board', 'out', answer('puback', 7), version);
  const puback = trace.lastId;
  const search = trace.search(puback);
  assert.deepEqual(search.conversation()?.packets, [1, puback]);
  // Until the memory of the first packets is that of others.
  while (trace.trace.firstId === 1) trace.noise(1);
  trace.add('phone', 'out', publish('oven/state', '21'), version);
  const delivery = trace.lastId;
  trace.lookOn(search);
  assert.deepEqual(search.conversation()?.packets, [puback, delivery]);
  while (trace.trace.firstId <= puback) trace.noise(1);
  trace.lookOn(search);
  assert.equal(search.conversation(), undefined);
});

test('a trace that is cleared while it is looked through has nothing more of it', () => {
  const trace = new Trace().add('board', 'in', publish('a', '1')).noise(1_000);
  const search = new ConversationSearch(trace.trace, trace.trace.packet(1)!); // it was added
  search.advance(() => true);
  trace.trace.clear();
  assert.ok(search.lookedAtTo >= trace.trace.nextId);
  search.advance(() => true);
  assert.equal(search.conversation(), undefined);
  trace.noise(10);
  trace.lookOn(search);
});
