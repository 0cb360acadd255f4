/** For which packets the whole is looked for anew: what is part of it, and not a flood of the same client. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PacketSteps } from '../../../src/contracts/trace.ts';
import { FollowedPacket } from '../../../src/engine/followedPacket.ts';
import { PacketTrace } from '../../../src/model/packetTrace.ts';
import { OUT_FLAG } from '../../../src/model/traceSegment.ts';
import { encode } from '../../../src/mqtt/encode.ts';
import type { Packet } from '../../../src/mqtt/packets.ts';
import { FakeClock } from '../../support/fakeClock.ts';

function publish0(text: string): Packet {
  return { kind: 'publish', topic: 'oven', payload: Buffer.from(text), qos: 0, retain: false, dup: false };
}

function setUp() {
  const trace = new PacketTrace(8 * 1_048_576, new FakeClock());
  const opened = { connectionId: 1, remoteAddress: '127.0.0.1:1', transportKind: 'mqtt' } as const;
  const connection = trace.connectionOpened(opened, 'oven');
  const put = (packet: Packet, flags = 0): number => {
    const bytes = encode(packet, 4);
    return trace.append(connection, bytes, 0, bytes.length, 4, flags);
  };
  const flood = (count: number): void => {
    for (let number = 0; number < count; number++) put(publish0(`${number}`));
  };
  const lookOn = (followed: FollowedPacket): PacketSteps | undefined => {
    followed.advance(() => false);
    assert.equal(followed.lookedAtTo, trace.nextId);
    return followed.takeNews();
  };
  return { trace, put, flood, lookOn };
}

test('a flood of QoS 0 from the client of a followed message is looked at, and nothing put together for it', (t) => {
  const { trace, put, flood, lookOn } = setUp();
  const followed = FollowedPacket.of(trace, put(publish0('on')))!; // it was just put
  lookOn(followed);
  flood(2_000);
  const asked = t.mock.method(trace, 'packet');
  assert.equal(lookOn(followed), undefined);
  // For the packet itself: is it still held?
  assert.equal(asked.mock.callCount(), 1);
  const delivery = put(publish0('on'), OUT_FLAG);
  assert.deepEqual(
    lookOn(followed)?.conversation?.steps.map(({ id }) => id),
    [followed.id, delivery],
  );
});

for (const [request, answer] of [
  [{ kind: 'pingreq' }, { kind: 'pingresp' }],
  [
    { kind: 'connect', protocolVersion: 4, clientId: 'oven', cleanStart: true, keepAliveSeconds: 0 },
    { kind: 'connack', sessionPresent: false, reasonCode: 0 },
  ],
] as const satisfies readonly (readonly [Packet, Packet])[])
  test(`the ${answer.kind} of a followed ${request.kind} is told, though neither has a packet identifier`, (t) => {
    const { trace, put, flood, lookOn } = setUp();
    const followed = FollowedPacket.of(trace, put(request))!; // it was just put
    const exchange = t.mock.getter(trace, 'segments');
    flood(1_000);
    assert.equal(lookOn(followed), undefined);
    // Nothing was looked for after the request.
    assert.equal(exchange.mock.callCount(), 0);
    put(answer, OUT_FLAG);
    assert.deepEqual(
      lookOn(followed)?.exchange.map(({ kind }) => kind),
      [request.kind, answer.kind],
    );
  });
