import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createCredentialsPolicy } from '../../../src/broker/access/credentialsPolicy.ts';
import type { BrokerOptions } from '../../../src/broker/broker.ts';
import { PacketTrace } from '../../../src/model/packetTrace.ts';
import { type KnownClient, TraceObserver } from '../../../src/observation/traceObserver.ts';
import { BrokerUnderTest } from '../../support/brokerUnderTest.ts';
import { hex } from '../../support/bytes.ts';
import { FakeClock } from '../../support/fakeClock.ts';

function setUp(t: TestContext, options: BrokerOptions = {}, clients: KnownClient[] = []) {
  const trace = new PacketTrace(1_048_576, new FakeClock());
  const observer = new TraceObserver(trace, clients);
  const under = new BrokerUnderTest(t, options);
  const lines = (): string[] =>
    Array.from({ length: trace.heldPackets }, (_, i) => {
      const packet = trace.packet(trace.firstId + i);
      const type = (packet?.bytes[0] ?? 0) >> 4;
      const marks = [packet?.isRejected ? 'rejected' : '', packet?.fault?.code ?? ''].filter(Boolean);
      return [packet?.isOut ? 'out' : 'in', type, packet?.connection?.clientId, ...marks].join(' ');
    });
  return { trace, observer, under, lines };
}

test('switched on, it reaches connections that are open; of those it knows who they are', async (t) => {
  const { observer, under, lines } = setUp(t, {}, [{ connectionId: 1, clientId: 'early' }]);
  const early = await under.connect(5, 'early');
  under.broker.observer = observer;
  await early.ping();
  const late = await under.connect(4, 'late');
  await late.ping();
  under.broker.observer = undefined;
  await early.ping();
  assert.deepEqual(lines(), [
    ...['in 12 early', 'out 13 early'],
    ...['in 1 late', 'out 2 late', 'in 12 late', 'out 13 late'],
  ]);
});

test('a client is named as it says in CONNECT, also when it is refused; or as it is called by the broker', async (t) => {
  const policy = createCredentialsPolicy({ username: 'dev', password: 'pencil' });
  const { observer, under, lines } = setUp(t, { policy });
  under.broker.observer = observer;
  const refused = under.open(4);
  refused.sendConnect({ clientId: 'stranger' });
  await refused.expect('connack');
  await refused.closed();
  const unnamed = under.open(5);
  unnamed.sendConnect({ clientId: '', username: 'dev', password: new TextEncoder().encode('pencil') });
  await unnamed.expect('connack');
  assert.deepEqual(lines(), [
    'in 1 stranger',
    'out 2 stranger',
    'in 1 auto-0000000000000000',
    'out 2 auto-0000000000000000',
  ]);
});

test('bytes that can not be read are there with their fault, and so is a packet that was wrong at its time', async (t) => {
  const { observer, under, lines, trace } = setUp(t);
  under.broker.observer = observer;
  const broken = await under.connect(5, 'broken');
  broken.sendBytes(hex('36 06 00 01 61 00 01 00'));
  await broken.expectDisconnected(0x81);
  const early = await under.connect(4, 'early');
  early.sendBytes(hex('D0 00'));
  await early.closed();
  assert.deepEqual(lines(), [
    ...['in 1 broken', 'out 2 broken', 'in 3 broken rejected qos-invalid', 'out 14 broken'],
    ...['in 1 early', 'out 2 early', 'in 13 early packet-not-for-server'],
  ]);
  assert.equal(trace.faultOf(3)?.byteOffset, 0);
  assert.equal(trace.faultOf(7)?.byteOffset, undefined);
});

test('of what is no MQTT at all, no more than its first bytes is kept', async (t) => {
  const { observer, under, trace } = setUp(t);
  under.broker.observer = observer;
  const browser = under.open(4);
  browser.sendBytes(Buffer.from('GET / HTTP/1.1\r\nCookie: secret=1\r\n\r\n'));
  await browser.closed();
  const packet = trace.packet(trace.firstId);
  assert.equal(packet?.fault?.code, 'http-on-mqtt-port');
  assert.equal(Buffer.from(packet?.bytes ?? []).toString(), 'GET / HTTP/1.1\r\n');
});

test('a number of a connection that is used again, by another broker, is another connection', async (t) => {
  const { observer, under, trace, lines } = setUp(t);
  under.broker.observer = observer;
  const first = await under.connect(4, 'first');
  await first.disconnect();
  await first.closed();
  const another = new BrokerUnderTest(t, { observer });
  await another.connect(4, 'second');
  assert.deepEqual(lines().slice(-2), ['in 1 second', 'out 2 second']);
  observer.end();
  assert.equal(trace.packet(trace.nextId - 1)?.connection?.isOpen, false);
});
