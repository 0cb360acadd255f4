/** The Python client of Eclipse Paho: every version, over TCP, TLS and WebSocket. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { brokerOfSuite, CliBroker, type ListenerKind } from '../support/cliBroker.ts';
import { run } from '../support/program.ts';
import { inRepository } from '../support/repository.ts';
import { tlsArgs, tlsFixture } from '../support/tlsFixtures.ts';
import { skipUnless, toolPath } from '../support/tools.ts';

const skip = skipUnless('paho');

interface Seen {
  granted: number[];
  messages: { topic: string; qos: number; payload: string; contentType?: string; userProperties?: unknown }[];
}

async function roundTrip(
  t: TestContext,
  broker: CliBroker,
  kind: ListenerKind,
  protocol: string,
  ownCertificate: string[] = [],
): Promise<Seen> {
  const args = [
    inRepository('test/clients/paho_round_trip.py'),
    ...['127.0.0.1', String(broker.port(kind)), kind === 'ws' ? 'websockets' : 'tcp', protocol],
    ...(kind === 'mqtts' ? [tlsFixture('ca.crt'), ...ownCertificate] : []),
  ];
  const { exitCode, stdout, stderr } = await run(t, toolPath('paho'), args);
  assert.equal(exitCode, 0, stderr);
  return JSON.parse(stdout);
}

const broker = brokerOfSuite(['--ws-port', '0', ...tlsArgs]);

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

test('paho with a certificate of its own gets in where one is required', { skip }, async (t) => {
  const strict = await CliBroker.start(t, [
    ...tlsArgs,
    ...['--ca', tlsFixture('ca.crt'), '--require-client-cert'],
  ]);
  const ownCertificate = [tlsFixture('client.crt'), tlsFixture('client.key')];
  const { messages } = await roundTrip(t, strict, 'mqtts', '5', ownCertificate);
  assert.equal(messages.length, 3);
});

async function scenario(t: TestContext, protocol: string, name: string): Promise<unknown> {
  const script = inRepository('test/clients/paho_scenarios.py');
  const args = [script, '127.0.0.1', String(broker().port('mqtt')), protocol, name];
  const { exitCode, stdout, stderr } = await run(t, toolPath('paho'), args);
  assert.equal(exitCode, 0, stderr);
  return JSON.parse(stdout);
}

for (const protocol of ['3.1.1', '5']) {
  test(`paho, MQTT ${protocol}: retained messages come first and marked, live ones unmarked, cleared ones not`, {
    skip,
  }, async (t) => {
    assert.deepEqual(await scenario(t, protocol, 'retained'), [
      'kept/0|0|1|kept',
      'kept/0|2|0|live',
      'kept/2|2|1|kept',
    ]);
  });

  test(`paho, MQTT ${protocol}: a session is new once, then there with what came meanwhile`, {
    skip,
  }, async (t) => {
    assert.deepEqual(await scenario(t, protocol, 'session'), {
      present: [false, true],
      messages: ['mail/1|1|0|while away', 'mail/2|2|0|while away'],
    });
  });

  test(`paho, MQTT ${protocol}: the will of a lost client goes out, that of one that disconnected does not`, {
    skip,
  }, async (t) => {
    assert.deepEqual(await scenario(t, protocol, 'will'), ['wills/lost|2|0|gone']);
  });

  // Shared subscriptions are of 5.0; 3.1.1 clients use them too, by their filter.
  test(`paho, MQTT ${protocol}: members of a shared subscription share the messages, each goes to one`, {
    skip,
  }, async (t) => {
    assert.deepEqual(await scenario(t, protocol, 'shared'), {
      everyoneWorked: true,
      jobs: Array.from({ length: 20 }, (_, n) => `job ${n}`),
    });
  });
}

test('paho, MQTT 5: a message names the subscriptions that it came for', { skip }, async (t) => {
  assert.deepEqual(await scenario(t, '5', 'identifiers'), {
    'rooms/1/temperature': [1, 268_435_455],
    'rooms/1/humidity': [1],
  });
});
