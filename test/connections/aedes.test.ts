/**
 * aedes, a broker of Node's world: it speaks 3.1 and 3.1.1, and says no to 5.0. Installed from npm, as bench/peers pins it,
 * when it is first needed.
 */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { installPeers } from '../../bench/peersInstallation.ts';
import type { RemoteBrokerParams } from '../../src/contracts/remoteBrokers.ts';
import { Program } from '../support/program.ts';
import { inRepository } from '../support/repository.ts';
import { House, message, tlsFile } from './house.ts';

interface Ports {
  mqtt: number;
  mqtts: number;
  ws: number;
}

async function startAedes(t: TestContext): Promise<Ports> {
  const script = inRepository('bench/peers/aedesBroker.js');
  const args = [script, tlsFile('server.crt'), tlsFile('server.key')];
  const program = Program.start(t, process.execPath, args);
  const [ports] = await program.waitFor('stdout', /^\{.*\}$/m);
  return JSON.parse(ports) as Ports; // written by that script
}

const skip = await installPeers().then(
  () => false as const,
  (error: unknown) => `aedes can't be installed: ${error instanceof Error ? error.message : error}`,
);
const ways: Record<string, (ports: Ports) => Pick<RemoteBrokerParams, 'url' | 'tls'>> = {
  TCP: ({ mqtt }) => ({ url: `mqtt://127.0.0.1:${mqtt}` }),
  TLS: ({ mqtts }) => ({ url: `mqtts://localhost:${mqtts}`, tls: { caFile: tlsFile('ca.crt') } }),
  WebSocket: ({ ws }) => ({ url: `ws://127.0.0.1:${ws}/mqtt` }),
};

describe('aedes', { skip }, () => {
  for (const [way, at] of Object.entries(ways)) {
    test(`${way}, in 3.1 and 3.1.1`, async (t) => {
      const ports = await startAedes(t);
      for (const protocolVersion of [3, 4] as const) {
        const house = new House(t);
        const { url, ...others } = at(ports);
        const connection = await house.connect(house.params(url, { ...others, protocolVersion }));
        for (const qos of [0, 1, 2] as const) {
          const published = await house.remotes.publish(connection, { ...message(`way/${qos}`, way), qos });
          assert.equal(published?.kind, 'published');
          await house.until(() => house.count(connection, `way/${qos}`) === 1);
        }
        await house.remotes.forgetBroker({ profileId: 'one' });
      }
    });
  }

  test('5.0 is refused, with the reason by which the person is told to set another version', async (t) => {
    const { mqtt } = await startAedes(t);
    const house = new House(t);
    const result = await house.remotes.connectBroker(house.params(`mqtt://127.0.0.1:${mqtt}`));
    assert.equal(result.kind === 'refused' && result.reasonCode, 0x84, JSON.stringify(result));
  });

  test('what comes while the connection is away waits in its session', async (t) => {
    const { mqtt } = await startAedes(t);
    const url = `mqtt://127.0.0.1:${mqtt}`;
    const house = new House(t);
    const params = house.params(url, { protocolVersion: 4, cleanStart: false });
    const connection = await house.connect(params);
    await house.remotes.disconnectBroker({ profileId: 'one' });
    const other = new House(t);
    const publisher = await other.connect(other.params(url, { protocolVersion: 4 }));
    for (let i = 0; i < 50; i++) await other.remotes.publish(publisher, message(`missed/${i}`, 'x'));
    await house.connect(params);
    const missed = Array.from({ length: 50 }, (_, i) => `missed/${i}`);
    await house.until(() => missed.every((topic) => house.count(connection, topic) === 1));
  });

  test('overlapping subscriptions are once in the tree', async (t) => {
    const { mqtt } = await startAedes(t);
    const house = new House(t);
    const subscriptions = ['a/#', 'a/b', '+/b'].map((topicFilter) => ({ topicFilter, qos: 1 }) as const);
    const params = house.params(`mqtt://127.0.0.1:${mqtt}`, { protocolVersion: 4, subscriptions });
    const connection = await house.connect(params);
    await house.remotes.publish(connection, message('a/b', 'x'));
    await house.until(({ subscriptions }) => subscriptions.every(({ messageCount }) => messageCount >= 1));
    assert.equal(house.count(connection, 'a/b'), 1);
  });

  test('its will comes when a client is gone without a word', async (t) => {
    const { mqtt } = await startAedes(t);
    const url = `mqtt://127.0.0.1:${mqtt}`;
    const watcher = new House(t);
    const watching = await watcher.connect(watcher.params(url, { protocolVersion: 4 }));
    const house = new House(t);
    const will = { topic: 'gone', payload: 'me', qos: 1, retain: false } as const;
    const params = house.params(url, { protocolVersion: 4, will });
    await house.connect(params);
    // Taken over: its connection ends without a DISCONNECT.
    await new House(t).connect(params);
    await watcher.until(() => watcher.count(watching, 'gone') === 1);
  });
});
