import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encode } from '../../../src/mqtt/encode.ts';
import type { Packet, ProtocolVersion } from '../../../src/mqtt/packets.ts';
import { conversationOf } from '../../../src/trace/conversation.ts';
import { exchangesOf, type TracedPacket } from '../../../src/trace/exchanges.ts';
import { escapeMermaid, mermaidOf } from '../../../src/trace/mermaid.ts';

/** A trace, packet by packet; each a millisecond after the one before. */
class Trace {
  readonly packets: TracedPacket[] = [];

  add(clientId: string, direction: 'in' | 'out', packet: Packet, more: Partial<TracedPacket> = {}): this {
    const protocolVersion: ProtocolVersion = more.protocolVersion ?? 5;
    this.packets.push({
      atMs: 1000 + this.packets.length,
      direction,
      clientId,
      connectionId: 1,
      protocolVersion,
      bytes: encode(packet, protocolVersion),
      ...more,
    });
    return this;
  }

  /** Indexes of the packets of the conversation of one of them. */
  of(index: number): readonly number[] | undefined {
    return conversationOf(this.packets, index)?.packets;
  }
}

function publish(
  topic: string,
  text: string,
  packetId?: number,
  more: { qos?: 1 | 2; dup?: boolean } = {},
): Packet {
  const qos = packetId === undefined ? 0 : (more.qos ?? 1);
  const payload = Buffer.from(text);
  return {
    ...{ kind: 'publish', topic, payload, qos, retain: false, dup: more.dup ?? false },
    ...(packetId !== undefined && { packetId }),
  };
}

function answer(kind: 'puback' | 'pubrec' | 'pubrel' | 'pubcomp', packetId: number, reasonCode = 0): Packet {
  return { kind, packetId, reasonCode };
}

const connack = (sessionPresent: boolean): Packet => ({ kind: 'connack', sessionPresent, reasonCode: 0 });

test('a QoS 1 message is one conversation, from its publisher to each subscriber', () => {
  const trace = new Trace()
    .add('board', 'in', publish('oven/state', '21', 7)) // 0
    .add('phone', 'out', publish('oven/state', '21', 1)) // 1
    .add('screen', 'out', publish('oven/state', '21')) // 2
    .add('board', 'out', answer('puback', 7)) // 3
    .add('board', 'in', publish('oven/door', 'open', 8)) // 4
    .add('phone', 'in', answer('puback', 1)); // 5
  for (const index of [0, 1, 2, 3, 5])
    assert.deepEqual(trace.of(index), [0, 1, 2, 3, 5], `asked for ${index}`);
  assert.deepEqual(trace.of(4), [4]);
  const conversation = conversationOf(trace.packets, 5);
  assert.equal(conversation?.publisher?.clientId, 'board');
  assert.deepEqual(
    conversation?.subscribers.map(({ clientId }) => clientId),
    ['phone', 'screen'],
  );
});

test('a QoS 2 exchange has all four steps, and the same packet identifier the other way is another', () => {
  const trace = new Trace()
    .add('board', 'in', publish('a', '1', 7, { qos: 2 })) // 0
    .add('board', 'out', publish('b', '2', 7, { qos: 2 })) // 1
    .add('board', 'out', answer('pubrec', 7)) // 2, of a
    .add('board', 'in', answer('pubrec', 7)) // 3, of b
    .add('board', 'in', answer('pubrel', 7)) // 4, of a
    .add('board', 'out', answer('pubrel', 7)) // 5, of b
    .add('board', 'in', answer('pubcomp', 7)) // 6, of b
    .add('board', 'out', answer('pubcomp', 7)) // 7, of a
    .add('board', 'in', publish('a', '3', 7, { qos: 2 })); // 8
  assert.deepEqual(trace.of(0), [0, 2, 4, 7]);
  assert.deepEqual(trace.of(6), [1, 3, 5, 6]);
  assert.deepEqual(trace.of(8), [8]);
});

test('a refusal in PUBREC ends an exchange', () => {
  const trace = new Trace()
    .add('board', 'in', publish('a', '1', 7, { qos: 2 }))
    .add('board', 'out', answer('pubrec', 7, 0x87))
    .add('board', 'in', publish('a', '1', 7, { qos: 2, dup: true }));
  assert.deepEqual(trace.of(0), [0, 1]);
  assert.deepEqual(trace.of(2), [2]);
});

test('a message that is sent again over the next connection is the same, unless the session is lost', () => {
  const kept = new Trace()
    .add('board', 'in', publish('a', '1', 7))
    .add('board', 'out', connack(true), { connectionId: 2 })
    .add('board', 'in', publish('a', '1', 7, { dup: true }), { connectionId: 2 })
    .add('board', 'out', answer('puback', 7), { connectionId: 2 });
  assert.deepEqual(kept.of(3), [0, 2, 3]);
  const lost = new Trace()
    .add('board', 'in', publish('a', '1', 7))
    .add('board', 'out', connack(false), { connectionId: 2 })
    .add('board', 'in', publish('a', '1', 7, { dup: true }), { connectionId: 2 });
  assert.deepEqual(lost.of(2), [2]);
});

test('the same message again and again: each delivery is of the last one that fits, in their order', () => {
  const trace = new Trace()
    .add('board', 'in', publish('a', '1', 1)) // 0: nobody is subscribed yet
    .add('board', 'in', publish('a', '1', 2)) // 1
    .add('board', 'in', publish('a', '1', 3)) // 2
    .add('phone', 'out', publish('a', '1', 1)) // 3: of 1
    .add('phone', 'out', publish('a', '1', 2)) // 4: of 2
    .add('board', 'in', publish('a', '1', 4)) // 5
    .add('phone', 'out', publish('a', '1', 3)); // 6: of 5
  assert.deepEqual(trace.of(0), [0]);
  assert.deepEqual(trace.of(1), [1, 3]);
  assert.deepEqual(trace.of(4), [2, 4]);
  assert.deepEqual(trace.of(6), [5, 6]);
});

test('a topic alias is followed, and a message that was cut is known by what was kept', () => {
  const withAlias = (topic: string): Packet => ({
    ...(publish(topic, 'x'.repeat(500)) as Extract<Packet, { kind: 'publish' }>),
    properties: { topicAlias: 3 },
  });
  const trace = new Trace()
    .add('board', 'in', withAlias('oven/state'))
    .add('board', 'in', withAlias(''))
    .add('phone', 'out', publish('oven/state', 'x'.repeat(500)), { protocolVersion: 4 });
  const last = trace.packets.at(-1)!; // it was just added
  trace.packets[2] = { ...last, bytes: last.bytes.subarray(0, 200) };
  assert.deepEqual(trace.of(2), [1, 2]);
});

test('what belongs to no message has no conversation, and an acknowledgement whose PUBLISH is gone has its own', () => {
  const trace = new Trace()
    .add('board', 'in', { kind: 'pingreq' })
    .add('board', 'in', answer('pubrel', 9))
    .add('board', 'out', answer('pubcomp', 9));
  assert.equal(trace.of(0), undefined);
  assert.deepEqual(trace.of(2), [1, 2]);
  assert.equal(conversationOf(trace.packets, 2)?.message, undefined);
  assert.equal(conversationOf(trace.packets, 99), undefined);
});

test('bytes at fault are in no exchange, and break none', () => {
  const trace = new Trace().add('board', 'in', publish('a', '1', 7));
  trace.packets.push({ ...trace.packets[0]!, bytes: Buffer.from('3600', 'hex') }); // there is one
  trace.packets.push({ ...trace.packets[0]!, bytes: new Uint8Array(0) });
  trace.add('board', 'out', answer('puback', 7));
  assert.deepEqual(
    exchangesOf(trace.packets).map(({ packets }) => packets),
    [[0, 3]],
  );
});

test('a conversation is drawn with a lane for each client, and the times since its start', () => {
  const trace = new Trace()
    .add('board-1', 'in', publish('oven/state', '21', 7))
    .add('phone; end', 'out', publish('oven/state', '21', 1))
    .add('board-1', 'out', answer('puback', 7), { atMs: 1000.25 })
    .add('phone; end', 'in', answer('puback', 1), { atMs: 3500 });
  const conversation = conversationOf(trace.packets, 0)!; // it has one
  assert.equal(
    mermaidOf(conversation, trace.packets),
    `sequenceDiagram
  participant C1 as board-1
  participant B as Broker
  participant C2 as phone#59; #101;nd
  C1->>B: PUBLISH oven/state · QoS 1 · id 7 · 2 bytes (#43;0 ms)
  B->>C2: PUBLISH oven/state · QoS 1 · id 1 · 2 bytes (#43;1 ms)
  B-->>C1: PUBACK id 7 (#43;0.3 ms)
  C2-->>B: PUBACK id 1 (#43;2.5 s)
`,
  );
});

test('what is sent again is drawn again, and says so', () => {
  const trace = new Trace()
    .add('meter', 'in', publish('a', '1', 7, { qos: 2 }))
    .add('meter', 'out', connack(true), { connectionId: 2 })
    .add('meter', 'in', publish('a', '1', 7, { qos: 2, dup: true }), { connectionId: 2 })
    .add('meter', 'out', answer('pubrec', 7), { connectionId: 2 })
    .add('meter', 'in', answer('pubrel', 7), { connectionId: 2 })
    .add('meter', 'out', answer('pubcomp', 7), { connectionId: 2 });
  const drawn = mermaidOf(conversationOf(trace.packets, 2)!, trace.packets); // it has one
  const steps = drawn.split('\n').filter((line) => line.includes('C1'));
  assert.deepEqual(
    steps.slice(1).map((line) => line.replace(/ \(.*$/, '').trim()),
    [
      'C1->>B: PUBLISH a · QoS 2 · id 7 · 1 byte',
      'C1->>B: PUBLISH a · QoS 2 · id 7 · 1 byte · dup',
      'B-->>C1: PUBREC id 7',
      'C1-->>B: PUBREL id 7',
      'B-->>C1: PUBCOMP id 7',
    ],
  );
});

test('no name of a device becomes a part of the diagram', () => {
  const hostile = 'a\n  B->>C1: forged; %%{init}%% <img src=x> #quot; "q" `c` \\';
  assert.match(escapeMermaid(hostile), /^[\p{L}\p{N} ._/()·…#;-]*$/u);
  assert.equal(escapeMermaid('a#b;c'), 'a#35;b#59;c');
  assert.equal(escapeMermaid('End of send'), '#69;nd of send');
});
