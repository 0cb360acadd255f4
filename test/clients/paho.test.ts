/** The Python client of Eclipse Paho: every version, over TCP, TLS and WebSocket. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { brokerOfSuite, type CliBroker, type ListenerKind } from '../support/cliBroker.ts';
import { run } from '../support/program.ts';
import { inRepository } from '../support/repository.ts';
import { skipUnless, toolPath } from '../support/tools.ts';

const skip = skipUnless('paho');
const fixture = (name: string): string => inRepository('test/fixtures/tls', name);

interface Seen {
  granted: number[];
  messages: { topic: string; qos: number; payload: string; contentType?: string; userProperties?: unknown }[];
}

async function roundTrip(
  t: TestContext,
  broker: CliBroker,
  kind: ListenerKind,
  protocol: string,
): Promise<Seen> {
  const args = [
    inRepository('test/clients/paho_round_trip.py'),
    ...['127.0.0.1', String(broker.port(kind)), kind === 'ws' ? 'websockets' : 'tcp', protocol],
    ...(kind === 'mqtts' ? [fixture('ca.crt')] : []),
  ];
  const { exitCode, stdout, stderr } = await run(t, toolPath('paho'), args);
  assert.equal(exitCode, 0, stderr);
  return JSON.parse(stdout);
}

const broker = brokerOfSuite([
  ...['--ws-port', '0', '--tls-port', '0', '--cert', fixture('server.crt'), '--key', fixture('server.key')],
]);

for (const kind of ['mqtt', 'ws', 'mqtts'] as const) {
  for (const protocol of ['3.1', '3.1.1', '5']) {
    test(`paho, MQTT ${protocol} over ${kind}: QoS 0, 1 and 2 there and back`, { skip }, async (t) => {
      const { granted, messages } = await roundTrip(t, broker(), kind, protocol);
      assert.deepEqual(granted, [0, 1, 2]);
      const userProperties = [
        ['z', '1'],
        ['a', '2'],
        ['z', '3'],
      ];
      assert.deepEqual(
        messages,
        [0, 1, 2].map((qos) => ({
          topic: `paho/${qos}`,
          qos,
          payload: `payload ${qos}`,
          ...(protocol === '5' ? { contentType: 'text/plain', userProperties } : {}),
        })),
      );
    });
  }
}
