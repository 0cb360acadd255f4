import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encode } from '../../../src/mqtt/encode.ts';
import type { Packet } from '../../../src/mqtt/packets.ts';
import { type Conversation, conversationOf } from '../../../src/trace/conversation.ts';
import { type Exchange, ExchangeFinder, type TracedPacket } from '../../../src/trace/exchanges.ts';
import { escapeMermaid, mermaidOf } from '../../../src/trace/mermaid.ts';
import { answer, connack, publish } from './messagePackets.ts';

/** A trace, packet by packet; each a millisecond after the one before. */
class Trace {
  readonly packets: TracedPacket[] = [];

  add(clientId: string, direction: 'in' | 'out', packet: Packet, more: Partial<TracedPacket> = {}): this {
    this.packets.push({
      atMs: 1000 + this.packets.length,
      direction,
      clientId,
      connectionId: 1,
      protocolVersion: 5,
      bytes: encode(packet, 5),
      ...more,
    });
    return this;
  }

  exchanges(): Exchange[] {
    const finder = new ExchangeFinder();
    const found = this.packets.flatMap((packet, index) => finder.take(packet, index) ?? []);
    return [...new Set(found)];
  }

  /** Of a trace of one message. */
  conversation(): Conversation {
    const exchanges = this.exchanges();
    return conversationOf(exchanges[0]!, exchanges); // there is one
  }

  drawn(note?: string): string {
    return mermaidOf(this.conversation(), (id) => this.packets[id], note);
  }
}

test('bytes at fault are in no exchange, and break none', () => {
  const trace = new Trace().add('board', 'in', publish('a', '1', 7));
  trace.packets.push({ ...trace.packets[0]!, bytes: Buffer.from('3600', 'hex') }); // there is one
  trace.packets.push({ ...trace.packets[0]!, bytes: new Uint8Array(0) });
  trace.add('board', 'out', answer('puback', 7));
  assert.deepEqual(
    trace.exchanges().map(({ packets }) => packets),
    [[0, 3]],
  );
});

test('a conversation is drawn with a lane for each client, and the times since its start', () => {
  const trace = new Trace()
    .add('board-1', 'in', publish('oven/state', '21', 7))
    .add('phone; end', 'out', publish('oven/state', '21', 1))
    .add('board-1', 'out', answer('puback', 7), { atMs: 1000.25 })
    .add('phone; end', 'in', answer('puback', 1), { atMs: 3500 });
  assert.equal(
    trace.drawn(),
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
  const steps = trace
    .drawn()
    .split('\n')
    .filter((line) => line.includes('C1'));
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

test('a note stands below the packets, and one that is no longer held is left out', () => {
  const trace = new Trace().add('board', 'in', publish('a', '1', 7)).add('board', 'out', answer('puback', 7));
  const conversation = trace.conversation();
  const lines = mermaidOf(conversation, (id) => trace.packets[id === 0 ? 1 : 9], 'not all; of it').split(
    '\n',
  );
  assert.deepEqual(lines.slice(3), [
    '  B-->>C1: PUBACK id 7 (#43;0 ms)',
    '  Note over B: not all#59; of it',
    '',
  ]);
});

test('no name of a device becomes a part of the diagram', () => {
  const hostile = 'a\n  B->>C1: forged; %%{init}%% <img src=x> #quot; "q" `c` \\';
  assert.match(escapeMermaid(hostile), /^[\p{L}\p{N} ._/()·…#;-]*$/u);
  assert.equal(escapeMermaid('a#b;c'), 'a#35;b#59;c');
  assert.equal(escapeMermaid('End of send'), '#69;nd of send');
});
