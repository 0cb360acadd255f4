/** Acknowledgements of four bytes, which are read and written without a packet object: the same as those with one. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { anonymousPolicy } from '../../../src/broker/access/anonymousPolicy.ts';
import type { DisconnectCause } from '../../../src/broker/observer.ts';
import type { ProtocolVersion } from '../../../src/mqtt/packets.ts';
import { BrokerUnderTest, testBothVersions } from '../../support/brokerUnderTest.ts';
import { hex, uint16 } from '../../support/bytes.ts';
import type { RawClient } from '../../support/rawClient.ts';

const versions = [4, 5] as const;

testBothVersions(
  'each step of QoS 1 and 2 is answered in the four bytes of the standard',
  async (under, version) => {
    const client = await under.connect(version, 'a');
    await client.subscribe('t', { qos: 2 });
    client.sendPublish('t', 'm', { qos: 1, packetId: 0x0102 });
    assert.equal((await client.expectMessage()).packetId, 1);
    assert.deepEqual(await client.nextBytes(), hex('40 02 01 02'), 'PUBACK');
    client.sendBytes(hex('40 02 00 01')); // PUBACK of the broker's message

    client.sendPublish('t', 'm', { qos: 2, packetId: 0xfffe });
    assert.equal((await client.expectMessage()).packetId, 2);
    assert.deepEqual(await client.nextBytes(), hex('50 02 FF FE'), 'PUBREC');
    client.sendBytes(hex('62 02 FF FE')); // PUBREL
    assert.deepEqual(await client.nextBytes(), hex('70 02 FF FE'), 'PUBCOMP');
    client.sendBytes(hex('50 02 00 02')); // PUBREC of the broker's message
    assert.deepEqual(await client.nextBytes(), hex('62 02 00 02'), 'PUBREL');
    client.sendBytes(hex('70 02 00 02')); // PUBCOMP
    await client.ping();
    const [session] = under.broker.sessions();
    assert.equal(session?.inflightMessages, 0);
  },
);

for (const version of versions) {
  test(`they are counted as with an observer that sees each packet (${version === 5 ? '5.0' : '3.1.1'})`, async (t) => {
    const packets: string[] = [];
    const quick = new BrokerUnderTest(t);
    const observed = new BrokerUnderTest(t, {
      observer: {
        packetReceived: (_, packet) => void packets.push(`in ${packet.kind}`),
        packetSent: (_, packet) => void packets.push(`out ${packet.kind}`),
      },
    });
    for (const under of [quick, observed]) await exchangeAll(await under.connect(version, 'a'));
    for (const name of ['packetsReceived', 'packetsSent', 'bytesReceived', 'bytesSent'] as const) {
      assert.equal(quick.broker.counters[name], observed.broker.counters[name], name);
    }
    for (const kind of ['puback', 'pubrec', 'pubrel', 'pubcomp']) {
      assert.ok(packets.includes(`in ${kind}`) && packets.includes(`out ${kind}`), kind);
    }
  });
}

/** Every acknowledgement both ways. */
async function exchangeAll(client: RawClient): Promise<void> {
  await client.subscribe('t', { qos: 2 });
  client.sendPublish('t', 'm', { qos: 1, packetId: 1 });
  await client.expectMessage();
  await client.expect('puback');
  client.sendBytes(hex('40 02 00 01')); // PUBACK
  client.sendPublish('t', 'm', { qos: 2, packetId: 2 });
  await client.expectMessage();
  await client.expect('pubrec');
  client.sendBytes(hex('62 02 00 02')); // PUBREL
  await client.expect('pubcomp');
  client.sendBytes(hex('50 02 00 02')); // PUBREC
  await client.expect('pubrel');
  client.sendBytes(hex('70 02 00 02')); // PUBCOMP
  await client.ping();
}

/** Sends these bytes over a new connection, and returns the fault that ended it. */
async function faultOf(t: TestContext, version: ProtocolVersion, bytes: Uint8Array): Promise<string> {
  const causes: DisconnectCause[] = [];
  const under = new BrokerUnderTest(t, {
    observer: { connectionClosed: (_, _clientId, cause) => void causes.push(cause) },
  });
  const client = await under.connect(version, 'a');
  client.sendBytes(bytes);
  client.send({ kind: 'disconnect', reasonCode: 0 }); // The end, were the bytes taken.
  await client.closed();
  const [cause] = causes;
  return cause?.kind === 'protocolError' ? cause.error.code : `no fault: ${cause?.kind}`;
}

for (const version of versions) {
  test(`[MQTT-1.5.5-1] four bytes are no acknowledgement where its length is not 2 (${version === 5 ? '5.0' : '3.1.1'})`, async (t) => {
    for (const first of ['40', '50', '62', '70']) {
      // A Remaining Length of 1 in two bytes, and of 0 in three: half a packet identifier, and none.
      for (const rest of ['81 00 05', '80 80 00']) {
        const fault = await faultOf(t, version, hex(`${first} ${rest}`));
        const expected = version === 5 ? 'remaining-length-not-minimal' : 'packet-truncated';
        assert.equal(fault, expected, `${first} ${rest}`);
      }
    }
  });

  test(`a fault in four bytes is found as in any packet (${version === 5 ? '5.0' : '3.1.1'})`, async (t) => {
    for (const [bytes, expected] of [
      ['40 02 00 00', 'packet-id-zero'],
      ['50 02 00 00', 'packet-id-zero'],
      ['62 02 00 00', 'packet-id-zero'],
      ['70 02 00 00', 'packet-id-zero'],
      ['42 02 00 01', 'fixed-header-flags'],
      ['51 02 00 01', 'fixed-header-flags'],
      ['71 02 00 01', 'fixed-header-flags'],
      ['60 02 00 01', 'fixed-header-flags'], // PUBREL must have 0b0010
    ] as const) {
      assert.equal(await faultOf(t, version, hex(bytes)), expected, bytes);
    }
  });
}

test('a reason code goes with the acknowledgement in 5.0, and before 5.0 is left out', async (t) => {
  const mayPublish = (): boolean => false;
  const under = new BrokerUnderTest(t, { policy: { ...anonymousPolicy, mayPublish } });
  const client = await under.connect(5, 'a', { properties: { requestProblemInformation: 0 } });
  client.sendPublish('t', 'm', { qos: 1, packetId: 7 });
  assert.deepEqual(await client.nextBytes(), hex('40 03 00 07 87'), 'not authorized');
  const older = await under.connect(4, 'b');
  older.sendPublish('t', 'm', { qos: 1, packetId: 7 });
  assert.deepEqual(await older.nextBytes(), hex('40 02 00 07'));
});

test('an acknowledgement with a reason code or properties says the same as one without', async (t) => {
  const under = new BrokerUnderTest(t);
  const client = await under.connect(5, 'a');
  await client.subscribe('t', { qos: 1 });
  for (const rest of ['', '00', '00 00', '10', '87']) {
    await client.publish('t', 'm', { qos: 0 });
    client.sendPublish('t', 'm', { qos: 1 });
    await client.expectMessage();
    const { packetId = 0 } = await client.expectMessage();
    await client.expect('puback');
    const tail = hex(rest);
    client.sendBytes(Uint8Array.from([0x40, 2 + tail.length, ...uint16(packetId), ...tail]));
    await client.ping();
    const [session] = under.broker.sessions();
    assert.equal(session?.inflightMessages, 0, rest);
  }
});

test('[MQTT-4.3.3-11] an identifier that is not known is answered with 0x92 in 5.0', async (t) => {
  const under = new BrokerUnderTest(t);
  const client = await under.connect(5, 'a');
  client.sendBytes(hex('50 02 00 09')); // PUBREC
  assert.deepEqual(await client.nextBytes(), hex('62 03 00 09 92'), 'PUBREL');
  client.sendBytes(hex('62 02 00 09')); // PUBREL
  assert.deepEqual(await client.nextBytes(), hex('70 03 00 09 92'), 'PUBCOMP');
  const older = await under.connect(4, 'b');
  older.sendBytes(hex('50 02 00 09'));
  assert.deepEqual(await older.nextBytes(), hex('62 02 00 09'));
});
