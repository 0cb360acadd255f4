/** A peer that vanishes without a word: its socket stays open, and nothing comes or goes any more. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CliBroker } from '../support/cliBroker.ts';
import { BadLink } from './badLink.ts';
import { TcpClient } from './tcpClient.ts';

const will = { topic: 'gone', payload: Buffer.from('will'), qos: 0, retain: false } as const;
const lasting = { cleanStart: false, properties: { sessionExpiryInterval: 3600 } } as const;

test('a peer that vanishes is given up after one and a half times its keep alive, and its will goes out [MQTT-3.1.2-22]', async (t) => {
  const broker = await CliBroker.start(t);
  const link = await BadLink.start(t, broker.port('mqtt'));
  const watcher = await TcpClient.connect(broker.port('mqtt'), { clientId: 'watcher' });
  await watcher.subscribe('gone', 0);
  const device = await TcpClient.connect(link.port, { clientId: 'device', keepAliveSeconds: 1, will });
  await device.ping();
  const lastHeardMs = performance.now();
  link.vanish();
  await watcher.until(() => watcher.messages.length > 0);
  // Never sooner. How much later depends on the machine, and is no matter.
  const quietMs = performance.now() - lastHeardMs;
  assert.ok(quietMs > 1400, `given up after ${quietMs} ms`);
  assert.deepEqual(watcher.messages, ['will']);
  assert.equal(device.isClosed, false, 'the device knows nothing of it');
});

test('a device that vanished and comes back takes its session over at once, and misses nothing', async (t) => {
  const broker = await CliBroker.start(t);
  const link = await BadLink.start(t, broker.port('mqtt'));
  const others = await TcpClient.connect(broker.port('mqtt'), { clientId: 'others' });
  await others.subscribe('gone', 0);
  // No keep alive: nothing but its return ends the old connection.
  const before = await TcpClient.connect(link.port, { clientId: 'device', will, ...lasting });
  await before.subscribe('to/device', 1);
  link.vanish();
  for (let i = 0; i < 100; i++) others.publish('to/device', `${i}`, 1, i + 1);
  await others.until(() => others.acknowledged === 100);

  const after = await TcpClient.connect(link.port, { clientId: 'device', ...lasting });
  assert.equal(after.connack?.sessionPresent, true);
  await others.until(() => others.messages.length > 0);
  assert.deepEqual(others.messages, ['will'], 'the will of the connection that was taken over');
  await after.until(() => after.messages.length === 100);
  await after.ping();
  assert.deepEqual(
    after.messages,
    Array.from({ length: 100 }, (_, i) => `${i}`),
  );
  assert.deepEqual(before.messages, []);
});
