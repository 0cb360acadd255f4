/** mosquitto_rr asks, a program that uses MQTT.js answers: the request/response pattern through the broker. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { connectAsync, type IPublishPacket, type MqttClient } from 'mqtt';
import { brokerOfSuite } from '../support/cliBroker.ts';
import { type ProgramEnd, run } from '../support/program.ts';
import { skipUnless, toolPath } from '../support/tools.ts';

const skip = skipUnless('mosquitto_rr');
const broker = brokerOfSuite();

/** A client that calls `answer` with each request. Resolves when the broker has granted its subscription. */
async function respond(
  t: TestContext,
  topic: string,
  answer: (client: MqttClient, request: IPublishPacket) => void,
): Promise<void> {
  const client = await connectAsync(`mqtt://127.0.0.1:${broker().port('mqtt')}`, {
    protocolVersion: 5,
    reconnectPeriod: 0,
  });
  t.after(() => client.endAsync());
  client.on('message', (_topic, _payload, request) => answer(client, request));
  await client.subscribeAsync(topic, { qos: 1 });
}

function ask(t: TestContext, version: string, topic: string, ...args: string[]): Promise<ProgramEnd> {
  const address = ['-h', '127.0.0.1', '-p', String(broker().port('mqtt')), '-V', version];
  return run(t, toolPath('mosquitto_rr'), [...address, '-t', topic, '-q', '1', '-m', 'how warm?', ...args]);
}

test('5.0: a request carries where to answer and what to answer with, and so the answer finds it', {
  skip,
}, async (t) => {
  await respond(t, 'ask/5', (client, { payload, properties }) => {
    client.publish(properties?.responseTopic ?? '', `${payload} 21 °C`, {
      qos: 1,
      properties: { correlationData: properties?.correlationData ?? Buffer.alloc(0) },
    });
  });
  const correlation = ['-D', 'publish', 'correlation-data', 'id-7'];
  const { exitCode, stdout } = await ask(
    t,
    'mqttv5',
    'ask/5',
    '-e',
    'answer/5',
    '-F',
    '%t|%D|%p',
    ...correlation,
  );
  assert.equal(exitCode, 0);
  assert.equal(stdout.trimEnd(), 'answer/5|id-7|how warm? 21 °C');
});

test('3.1.1: a request is answered where both sides agreed on', { skip }, async (t) => {
  await respond(t, 'ask/4', (client, { payload, properties }) => {
    assert.equal(properties?.responseTopic, undefined);
    client.publish('answer/4', `${payload} 21 °C`, { qos: 1 });
  });
  const { exitCode, stdout } = await ask(t, 'mqttv311', 'ask/4', '-e', 'answer/4', '-F', '%t|%p');
  assert.equal(exitCode, 0);
  assert.equal(stdout.trimEnd(), 'answer/4|how warm? 21 °C');
});
