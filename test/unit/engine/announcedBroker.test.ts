/** A broker that announces itself, as who shows it learns of that. */
import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { test } from 'node:test';
import { localHostName } from '../../../src/base/networkAddress.ts';
import type { BrokerState, StartBrokerParams } from '../../../src/contracts/engine.ts';
import { BrokerLifecycle } from '../../../src/engine/brokerLifecycle.ts';
import type { Network } from '../../../src/engine/network.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { FakeNetwork } from '../discovery/network.ts';

const params: StartBrokerParams = {
  host: '0.0.0.0',
  port: 1883,
  announce: true,
  limits: { maxPacketBytes: 1_000_000, maxConnections: 100, historyBytes: 1_000_000 },
};
const name = `MQTT Workbench on ${localHostName(hostname()).slice(0, -'.local'.length).slice(0, 40)}`;

function setUp(beforeStop: (clock: FakeClock) => void = () => {}) {
  const clock = new FakeClock();
  const multicast = new FakeNetwork();
  const log: string[] = [];
  const states: BrokerState[] = [];
  const info = { address: '192.0.2.7', netmask: '255.255.255.0', cidr: '192.0.2.7/24', internal: false };
  const network: Network = {
    // Nothing listens.
    listen: async ({ kind }) => ({
      kind: 'listening',
      listener: {
        info: { kind, host: '0.0.0.0', port: 1883 },
        setCertificate: () => {},
        close: async () => {},
      },
    }),
    findPortOwner: async () => undefined,
    findFreePort: async (_host, port) => port,
    interfaces: () => ({ eth0: [{ ...info, family: 'IPv4', mac: '02:00:00:00:00:01' }] }),
    openMulticastLink: multicast.openLink,
  };
  const lifecycle = new BrokerLifecycle({
    ...{ version: '1.2.3', network, clock, observer: {} },
    onRefused: () => {},
    onFault: () => {},
    onAnnouncement: (level, message) => log.push(`${level} ${message}`),
    onStarted: () => {},
    beforeStop: async () => beforeStop(clock),
  });
  lifecycle.onDidChangeState((state) => states.push(state));
  const start = async (changes: Partial<StartBrokerParams> = {}) => {
    const result = await lifecycle.start({ ...params, ...changes });
    assert.equal(result.kind, 'started');
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(750);
  };
  return { lifecycle, multicast, log, states, start };
}

test('once the name is its own, the state of the broker says it, and the log', async () => {
  const { lifecycle, multicast, log, states, start } = setUp();
  await start();
  const { state } = lifecycle;
  assert.equal(state.kind, 'running');
  assert.equal(state.kind === 'running' && state.broker.announcedAs, name);
  assert.deepEqual(
    states.map((each) => (each.kind === 'running' ? each.broker.announcedAs : each.kind)),
    ['starting', undefined, name],
  );
  assert.equal(log.length, 1);
  await lifecycle.stop({ keepState: false });
  assert.deepEqual(
    states.slice(3).map(({ kind }) => kind),
    ['stopping', 'stopped'],
  );
  assert.equal(multicast.open.size, 0);
});

test('a name that comes while the broker stops does not make it run again', async () => {
  const { lifecycle, log, states } = setUp((clock) => clock.advance(750));
  assert.equal((await lifecycle.start(params)).kind, 'started');
  await new Promise((resolve) => setImmediate(resolve));
  await lifecycle.stop({ keepState: false });
  assert.equal(log.length, 1);
  assert.deepEqual(
    states.map(({ kind }) => kind),
    ['starting', 'running', 'stopping', 'stopped'],
  );
});

test('without the setting nothing is opened or said', async () => {
  const { multicast, log, lifecycle, start } = setUp();
  await start({ announce: false });
  assert.deepEqual(multicast.sent, []);
  assert.equal(multicast.open.size, 0);
  assert.deepEqual(log, []);
  await lifecycle.stop({ keepState: false });
});
