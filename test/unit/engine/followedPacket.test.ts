/** For which packets the whole is looked for anew: what is part of it, and not a flood of the same client. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { FollowedPacket } from '../../../src/engine/followedPacket.ts';
import { PacketTrace } from '../../../src/model/packetTrace.ts';
import { OUT_FLAG } from '../../../src/model/traceSegment.ts';
import { encode } from '../../../src/mqtt/encode.ts';
import type { Packet } from '../../../src/mqtt/packets.ts';
import { FakeClock } from '../../support/fakeClock.ts';

/** Further on than a message near by is looked for. */
const FLOOD = 2_100;

const payload = new Uint8Array([0x6d]);
const publish0: Packet = { kind: 'publish', topic: 'oven', payload, qos: 0, retain: false, dup: false };

function setUp(t: TestContext) {
  const trace = new PacketTrace(8 * 1_048_576, new FakeClock());
  const opened = { connectionId: 1, remoteAddress: '127.0.0.1:1', transportKind: 'mqtt' } as const;
  const connection = trace.connectionOpened(opened, 'oven');
  const put = (packet: Packet, flags = 0): number => {
    const bytes = encode(packet, 4);
    return trace.append(connection, bytes, 0, bytes.length, 4, flags);
  };
  const flood = (count: number): void => {
    for (let number = 0; number < count; number++) put(publish0);
  };
  const asked = t.mock.method(trace, 'packet');
  const lookups = (followed: FollowedPacket): number => {
    asked.mock.resetCalls();
    assert.equal(followed.lookOn(), undefined);
    return asked.mock.callCount();
  };
  return { trace, put, flood, lookups };
}

test('a flood of QoS 0 from the client of a followed message of QoS 0 is looked at once, and no more', (t) => {
  const { trace, put, flood, lookups } = setUp(t);
  const followed = FollowedPacket.of(trace, put(publish0))!; // it was just put
  flood(FLOOD);
  followed.lookOn();
  flood(10);
  // The message, and each that came: the whole has hundreds.
  assert.equal(lookups(followed), 11);
});

for (const [request, answer] of [
  [{ kind: 'pingreq' }, { kind: 'pingresp' }],
  [
    { kind: 'connect', protocolVersion: 4, clientId: 'oven', cleanStart: true, keepAliveSeconds: 0 },
    { kind: 'connack', sessionPresent: false, reasonCode: 0 },
  ],
] as const satisfies readonly (readonly [Packet, Packet])[])
  test(`the ${answer.kind} of a followed ${request.kind} is told, though neither has a packet identifier`, (t) => {
    const { trace, put, flood, lookups } = setUp(t);
    const followed = FollowedPacket.of(trace, put(request))!; // it was just put
    const exchange = t.mock.getter(trace, 'segments');
    flood(10);
    lookups(followed);
    // Nothing was looked for after the request.
    assert.equal(exchange.mock.callCount(), 0);
    put(answer, OUT_FLAG);
    assert.deepEqual(
      followed.lookOn()?.exchange.map(({ kind }) => kind),
      [request.kind, answer.kind],
    );
  });
