/** mosquitto with limits, in both directions: what is beyond them is refused before it is sent, and told; what it sets is kept to. */
import '../support/wordsOfExtension.ts';
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { ConnectionId } from '../../src/contracts/connections.ts';
import type { PublishParams } from '../../src/contracts/engine.ts';
import { MosquittoBroker } from '../support/mosquittoBroker.ts';
import { freePort } from '../support/ports.ts';
import { skipUnless } from '../support/tools.ts';
import { House, message } from './house.ts';

const { explainPublish } = await import('../../src/extension/words/publishWords.ts');

async function start(t: TestContext, ...limits: string[]): Promise<{ broker: MosquittoBroker; url: string }> {
  const port = await freePort();
  const broker = await MosquittoBroker.start(t, { configuration: [`listener ${port} 127.0.0.1`, ...limits] });
  return { broker, url: `mqtt://127.0.0.1:${port}` };
}

/** What the person is told. */
async function told(house: House, connection: ConnectionId, params: PublishParams): Promise<string> {
  const result = await house.remotes.publish(connection, params);
  assert.ok(result !== undefined);
  return explainPublish(result, params.topic).message;
}
const oneLevel = (qos: 0 | 1 | 2, retain = false) => ({ ...message('a', 'x'), qos, retain });
const withBytes = (payloadBytes: number) => ({ ...message('a', ''), payload: new Uint8Array(payloadBytes) });
/** A PUBLISH to `a` in 5.0: fixed header 3, topic 3, packet identifier 2, no properties 1. */
const HEAD_BYTES = 9;

describe('limits of mosquitto', { skip: skipUnless('mosquitto') }, () => {
  test('in 5.0, what is beyond them is not sent, with the reason; the connection stands', async (t) => {
    const { broker, url } = await start(t, 'max_qos 1', 'retain_available false', 'max_packet_size 2000');
    const house = new House(t);
    const params = house.params(url);
    const connection = await house.connect(params);
    assert.equal(
      await told(house, connection, oneLevel(2)),
      'The broker refused the message to a: QoS not supported (reason code 0x9B).',
    );
    assert.equal(
      await told(house, connection, oneLevel(1, true)),
      'The broker refused the message to a: Retain not supported (reason code 0x9A).',
    );
    assert.equal(
      await told(house, connection, withBytes(2001 - HEAD_BYTES)),
      'The broker refused the message to a: the message takes 2001 bytes, and the broker accepts at most 2000 (reason code 0x95).',
    );
    assert.equal(await told(house, connection, withBytes(2000 - HEAD_BYTES)), 'Published to a.');
    await house.until(() => house.count(connection, 'a') === 1);
    assert.equal(house.broker()?.state.kind, 'connected');
    assert.equal(broker.log.split(`Received PUBLISH from ${params.clientId}`).length - 1, 1, broker.log);
  });

  const beyond = { 'QoS 2': oneLevel(2), retained: oneLevel(1, true), 'too large': withBytes(3000) };
  for (const [name, publish] of Object.entries(beyond)) {
    test(`in 3.1.1, which has no word for them, it costs the connection: ${name}`, async (t) => {
      const { url } = await start(t, 'max_qos 1', 'retain_available false', 'max_packet_size 2000');
      const house = new House(t);
      const connection = await house.connect(house.params(url, { protocolVersion: 4 }));
      const before = house.broker()?.state;
      assert.match(
        await told(house, connection, publish),
        /^Not published to a: (the connection was lost|(read|write) (ECONNRESET|EPIPE))$/,
      );
      // Tried again, and without that message.
      await house.until(({ state }) => state.kind === 'connected' && state !== before);
      assert.equal(await told(house, connection, oneLevel(1)), 'Published to a.');
    });
  }

  test('no more than its receive maximum is under way at once, and all arrives', async (t) => {
    const { url } = await start(t, 'max_inflight_messages 3');
    const house = new House(t);
    const connection = await house.connect(house.params(url));
    const results = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        house.remotes.publish(connection, { ...message(`many/${i}`, 'x'), qos: 2 }),
      ),
    );
    assert.deepEqual(new Set(results.map((result) => result?.kind)), new Set(['published']));
    await house.until(({ messageCount }) => messageCount === 40);
    assert.deepEqual(house.troubles, []);
  });

  test('its Server Keep Alive holds instead of the one that was asked for', async (t) => {
    // The shortest that mosquitto can be given: it takes these seconds.
    const { broker, url } = await start(t, 'max_keepalive 10');
    const house = new House(t);
    const params = house.params(url, { keepAliveSeconds: 600 });
    await house.connect(params);
    await broker.waitForLog(new RegExp(`Received PINGREQ from ${params.clientId}`));
  });
});
