import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BrokerState, StartBrokerParams } from '../../../src/contracts/engine.ts';
import { BrokerLifecycle, localUrlOf } from '../../../src/engine/brokerLifecycle.ts';
import type { Network } from '../../../src/engine/network.ts';
import type { ListenResult } from '../../../src/transports/listener.ts';
import { FakeClock } from '../../support/fakeClock.ts';

const params: StartBrokerParams = {
  host: '127.0.0.1',
  port: 1883,
  limits: { maxPacketBytes: 1_000_000, maxConnections: 100, historyBytes: 1_000_000 },
};

/** A network that answers when the test says so, and tells in which order it was asked. */
function setUp() {
  const happened: string[] = [];
  const listening: ((result: ListenResult) => void)[] = [];
  const network: Network = {
    listen: () => {
      happened.push('listen');
      return new Promise((resolve) => {
        listening.push(resolve);
      });
    },
    findPortOwner: async () => ({ pid: 4711, name: 'mosquitto' }),
    findFreePort: async (_host, nearPort) => nearPort + 1,
    interfaces: () => ({}),
    openMulticastLink: async () => ({ kind: 'failed', message: 'no network here' }),
  };
  const lifecycle = new BrokerLifecycle({
    version: '1.2.3',
    network,
    clock: new FakeClock(),
    observer: {},
    onRefused: () => {},
    onFault: () => {},
    onAnnouncement: () => {},
    onStarted: () => happened.push('onStarted'),
    beforeStop: async () => {
      happened.push('beforeStop');
    },
  });
  lifecycle.onDidChangeState((state) => happened.push(state.kind));
  /** Answers the oldest open question of the network, once it has been asked. */
  const answer = async (result: ListenResult | 'listening') => {
    while (listening.length === 0) await Promise.resolve();
    listening.shift()?.(result === 'listening' ? { kind: 'listening', listener } : result);
  };
  const listener = {
    info: { kind: 'mqtt' as const, host: '127.0.0.1', port: 1883 },
    setCertificate: () => {},
    close: async () => {
      happened.push('closed');
    },
  };
  return { lifecycle, happened, answer };
}

test('a start goes through starting to running, and says where it listens', async () => {
  const { lifecycle, happened, answer } = setUp();
  const started = lifecycle.start(params);
  await answer('listening');
  const result = await started;
  assert.equal(result.kind, 'started');
  assert.deepEqual(result.kind === 'started' && result.broker.listeners, [
    { kind: 'mqtt', host: '127.0.0.1', port: 1883 },
  ]);
  assert.deepEqual(happened, ['starting', 'listen', 'onStarted', 'running']);
  assert.notEqual(lifecycle.broker, undefined);
  assert.equal(lifecycle.state.kind, 'running');
});

test('a stop asks the workbench to leave, frees the port, and ends in stopped', async () => {
  const { lifecycle, happened, answer } = setUp();
  const started = lifecycle.start(params);
  await answer('listening');
  await started;
  happened.length = 0;
  await lifecycle.stop({ keepState: false });
  assert.deepEqual(happened, ['stopping', 'beforeStop', 'closed', 'stopped']);
  assert.equal(lifecycle.broker, undefined);
});

test('a start while it starts waits, and finds it running', async () => {
  const { lifecycle, happened, answer } = setUp();
  const first = lifecycle.start(params);
  const second = lifecycle.start({ ...params, port: 1884 });
  await answer('listening');
  assert.equal((await first).kind, 'started');
  assert.equal((await second).kind, 'alreadyRunning');
  assert.equal(happened.filter((what) => what === 'listen').length, 1);
});

test('a stop while it starts lets it start first, then stops it', async () => {
  const { lifecycle, happened, answer } = setUp();
  const started = lifecycle.start(params);
  const stopped = lifecycle.stop({ keepState: false });
  await answer('listening');
  assert.equal((await started).kind, 'started');
  await stopped;
  assert.deepEqual(
    happened.filter((what) => what !== 'listen' && what !== 'onStarted'),
    ['starting', 'running', 'stopping', 'beforeStop', 'closed', 'stopped'],
  );
});

test('a start while it stops waits until it is stopped', async () => {
  const { lifecycle, happened, answer } = setUp();
  const first = lifecycle.start(params);
  await answer('listening');
  await first;
  happened.length = 0;
  const stopped = lifecycle.stop({ keepState: false });
  const second = lifecycle.start(params);
  await stopped;
  await answer('listening');
  assert.equal((await second).kind, 'started');
  assert.deepEqual(happened, [
    'stopping',
    'beforeStop',
    'closed',
    'stopped',
    'starting',
    'listen',
    'onStarted',
    'running',
  ]);
});

test('a stop of a stopped broker does nothing, any number of times', async () => {
  const { lifecycle, happened } = setUp();
  await Promise.all([lifecycle.stop({ keepState: false }), lifecycle.stop({ keepState: false })]);
  assert.deepEqual(happened, []);
});

test('a port in use names its owner and one that is free, and leaves the broker stopped', async () => {
  const { lifecycle, answer } = setUp();
  const states: BrokerState['kind'][] = [];
  lifecycle.onDidChangeState((state) => states.push(state.kind));
  const started = lifecycle.start(params);
  await answer({ kind: 'portInUse', host: '127.0.0.1', port: 1883 });
  assert.deepEqual(await started, {
    kind: 'portInUse',
    host: '127.0.0.1',
    port: 1883,
    owner: { pid: 4711, name: 'mosquitto' },
    instead: { freePort: 1884, configuredPort: 1883, choice: 'port' },
  });
  assert.deepEqual(states, ['starting', 'stopped']);
});

test('other refusals of the system are results, and the next start may succeed', async () => {
  const { lifecycle, answer } = setUp();
  const refusals: ListenResult[] = [
    { kind: 'notPermitted', host: '127.0.0.1', port: 1883 },
    { kind: 'addressNotAvailable', host: '127.0.0.1', port: 1883 },
    { kind: 'failed', message: 'no more file descriptors' },
  ];
  for (const refusal of refusals) {
    const started = lifecycle.start(params);
    await answer(refusal);
    assert.deepEqual(await started, refusal);
  }
  const started = lifecycle.start(params);
  await answer('listening');
  assert.equal((await started).kind, 'started');
});

test('limits out of their range are a result that names the limit', async () => {
  const { lifecycle } = setUp();
  const result = await lifecycle.start({ ...params, limits: { ...params.limits, maxPacketBytes: -1 } });
  assert.equal(result.kind, 'failed');
  assert.match(result.kind === 'failed' ? result.message : '', /maxPacketBytes/);
  assert.equal(lifecycle.state.kind, 'stopped');
});

test('a bug in a start rejects that start, and the next one has its turn', async () => {
  const { lifecycle, answer } = setUp();
  const failing = lifecycle.start(params);
  await answer(Promise.reject(new Error('a bug')) as unknown as ListenResult);
  await assert.rejects(failing, /a bug/);
  assert.equal(lifecycle.state.kind, 'stopped');
  const started = lifecycle.start(params);
  await answer('listening');
  assert.equal((await started).kind, 'started');
});

test('a client on this machine reaches a listener on every address over the loopback', () => {
  const at = (host: string) => localUrlOf({ host, port: 1883 });
  assert.equal(at('0.0.0.0'), 'mqtt://127.0.0.1:1883');
  assert.equal(at('::'), 'mqtt://[::1]:1883');
  assert.equal(at('127.0.0.1'), 'mqtt://127.0.0.1:1883');
  assert.equal(at('192.0.2.7'), 'mqtt://192.0.2.7:1883');
  assert.equal(at('2001:db8::1'), 'mqtt://[2001:db8::1]:1883');
});
