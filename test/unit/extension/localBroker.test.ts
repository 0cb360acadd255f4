import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  BrokerState,
  LaunchChoices,
  RunningBroker,
  ServerTls,
  StartBrokerParams,
  StartBrokerResult,
  SubscriptionInfo,
} from '../../../src/contracts/engine.ts';
import type { EngineMethod } from '../../../src/extension/engineClient.ts';
import { EngineClient } from '../../../src/extension/engineClient.ts';
import { LocalBroker, type PreparedTls } from '../../../src/extension/localBroker.ts';
import type { Settings } from '../../../src/extension/settings.ts';
import { FakeEngineThread } from './fakeEngineThread.ts';

const limits = { maxPacketBytes: 1024, maxConnections: 10, historyBytes: 1024 };

const FREE_PORT = 40_000;

/** An engine that answers at once, and can be told to refuse the next start. */
class ScriptedThread extends FakeEngineThread {
  refuseNextStart: StartBrokerResult | undefined;
  subscriptions: SubscriptionInfo[] = [];

  override post(...args: Parameters<FakeEngineThread['post']>): void {
    super.post(...args);
    const { id, method, params } = args[0];
    queueMicrotask(() => this.answerTo(id, this.#resultOf(method as EngineMethod, params)));
  }

  get starts(): Bound[] {
    return this.requests
      .filter((request) => request.method === 'startBroker')
      .map((request) => boundBy(request.params as StartBrokerParams));
  }

  get lastChoices(): LaunchChoices | undefined {
    const started = this.requests.findLast((request) => request.method === 'startBroker');
    return (started?.params as StartBrokerParams | undefined)?.choices;
  }

  get methods(): string[] {
    return this.requests.map((request) => request.method);
  }

  #resultOf(method: EngineMethod, params: unknown): unknown {
    if (method === 'listSubscriptions') return this.subscriptions;
    if (method !== 'startBroker') return undefined;
    const refused = this.refuseNextStart;
    this.refuseNextStart = undefined;
    return refused ?? { kind: 'started', broker: runningWith(params as StartBrokerParams), notices: [] };
  }
}

type Bound = Omit<StartBrokerParams, 'choices'> & Pick<LaunchChoices, 'credentials' | 'mayExpose'>;

/** What the engine makes of settings and choices. */
function boundBy({ choices = {}, ...params }: StartBrokerParams): Bound {
  const { host = params.host, port: chosen, ...others } = choices;
  const port = chosen?.insteadOf === params.port ? chosen.use : params.port;
  return { ...params, ...others, host, port };
}

function runningWith(params: StartBrokerParams): RunningBroker {
  const { host, port, credentials } = boundBy(params);
  return {
    listeners: [{ kind: 'mqtt', host, port: port === 0 ? FREE_PORT : port }],
    configuredPort: params.port,
    startedAtMs: 0,
    requiresCredentials: credentials !== undefined,
    ...(params.tls !== undefined && { ownTlsPort: params.tls.port || FREE_PORT }),
  };
}

const port1884 = { port: { use: 1884, insteadOf: 1883 } };

const inUse = (host: string): StartBrokerResult => ({
  kind: 'portInUse',
  host,
  port: 1883,
  instead: { freePort: 1884, configuredPort: 1883, choice: 'port' },
});

function setUp() {
  const threads: ScriptedThread[] = [];
  const settings: Settings = {
    host: '127.0.0.1',
    port: 1883,
    autoStart: false,
    announce: false,
    tls: { isOn: false, port: 8883, clientCertificate: 'optional' },
    limits,
    dimTopicsAfterSeconds: 60,
    recordingFileBytes: 1,
    traceBytes: 67_108_864,
  };
  const engine = new EngineClient((handlers) => {
    const thread = new ScriptedThread(handlers);
    threads.push(thread);
    return thread;
  });
  const prepared: PreparedTls[] = [];
  const broker = new LocalBroker(
    engine,
    () => settings,
    async () => prepared.shift() ?? { kind: 'noCertificate', message: 'none' },
  );
  const states: BrokerState['kind'][] = [];
  broker.onDidChangeState((state) => states.push(state.kind));
  return {
    broker,
    engine,
    settings,
    states,
    threads,
    prepared,
    thread: () => threads.at(-1) as ScriptedThread,
  };
}

test('start listens as the settings say, without credentials', async () => {
  const { broker, states, thread } = setUp();
  assert.equal((await broker.start()).kind, 'started');
  assert.deepEqual(thread().starts, [{ host: '127.0.0.1', port: 1883, limits }]);
  assert.deepEqual(states, ['starting', 'running']);
});

test('a broker is announced as the settings say', async () => {
  const { broker, settings, thread } = setUp();
  settings.announce = true;
  await broker.start();
  assert.deepEqual(thread().starts, [{ host: '127.0.0.1', port: 1883, limits, announce: true }]);
});

test('a state is told once, though both the answer and an event carry it', async () => {
  const { broker, states, thread } = setUp();
  const result = await broker.start();
  assert.equal(result.kind, 'started');
  thread().event('brokerState', broker.state);
  assert.deepEqual(states, ['starting', 'running']);
});

test('a start that fails leaves the broker stopped', async () => {
  const { broker, states, thread, engine } = setUp();
  await engine.call('listSubscriptions', {});
  thread().refuseNextStart = inUse('127.0.0.1');
  assert.equal((await broker.start()).kind, 'portInUse');
  assert.equal(broker.state.kind, 'stopped');
  assert.deepEqual(states, ['starting', 'stopped']);
});

test('another port is used for restarts too, as long as the settings name the port it replaced', async () => {
  const { broker, settings, thread } = setUp();
  await broker.start(port1884);
  await broker.restart();
  settings.port = 2883;
  await broker.restart();
  assert.deepEqual(
    thread().starts.map((start) => start.port),
    [1884, 1884, 2883],
  );
});

test('a free port that was taken is kept by a restart and an exposure, and given back by a stop', async () => {
  const { broker, settings, thread } = setUp();
  settings.port = 0;
  await broker.start();
  await broker.restart();
  await broker.expose(undefined);
  await broker.stop();
  await broker.start();
  assert.deepEqual(
    thread().starts.map((start) => start.port),
    [0, FREE_PORT, FREE_PORT, 0],
  );
});

test('an exposure listens everywhere with its credentials, outlives a restart and ends with stopExposing', async () => {
  const { broker, thread } = setUp();
  const credentials = { username: 'board', password: 'secret' };
  await broker.start();
  await broker.expose(credentials);
  await broker.restart();
  await broker.stopExposing();
  assert.deepEqual(
    thread().starts.map(({ host, credentials }) => [host, credentials?.username]),
    [
      ['127.0.0.1', undefined],
      ['0.0.0.0', 'board'],
      ['0.0.0.0', 'board'],
      ['127.0.0.1', undefined],
    ],
  );
});

test('after stopExposing a host that is set later holds at the next restart', async () => {
  const { broker, settings, thread } = setUp();
  await broker.expose(undefined);
  await broker.stopExposing();
  settings.host = '127.0.0.2';
  await broker.restart();
  assert.deepEqual(
    thread().starts.map(({ host }) => host),
    ['0.0.0.0', '127.0.0.1', '127.0.0.2'],
  );
});

test('stopExposing listens on this computer alone, also where the settings expose', async () => {
  const { broker, settings, thread } = setUp();
  settings.host = '0.0.0.0';
  await broker.start();
  await broker.stopExposing();
  await broker.restart();
  assert.deepEqual(
    thread().starts.map(({ host }) => host),
    ['0.0.0.0', '127.0.0.1', '127.0.0.1'],
  );
});

test('the configuration file of the settings goes with each launch', async () => {
  const { broker, settings, thread } = setUp();
  settings.configFile = '/project/broker.json';
  await broker.start();
  assert.equal(thread().starts[0]?.configFile, '/project/broker.json');
});

test('stopExposing keeps what a configuration file lists on this computer, whatever addresses it names', async () => {
  const { broker, settings, thread } = setUp();
  settings.configFile = '/project/broker.json';
  await broker.start({ mayExpose: true });
  await broker.stopExposing();
  assert.deepEqual(
    thread().starts.map(({ host, mayExpose }) => [host, mayExpose]),
    [
      ['127.0.0.1', true],
      ['127.0.0.1', true],
    ],
  );
  assert.equal(thread().lastChoices?.host, '127.0.0.1');
});

test('what was answered to a configuration file that exposes holds for restarts, and not for the next start', async () => {
  const { broker, thread } = setUp();
  await broker.start({ mayExpose: true });
  await broker.restart();
  await broker.stop();
  await broker.start();
  assert.deepEqual(
    thread().starts.map(({ mayExpose }) => mayExpose),
    [true, true, undefined],
  );
});

test('an exposure ends with the broker: the next start is on this computer alone', async () => {
  const { broker, thread } = setUp();
  await broker.expose(undefined);
  await broker.stop();
  await broker.start();
  assert.deepEqual(
    thread().starts.map((start) => start.host),
    ['0.0.0.0', '127.0.0.1'],
  );
});

test('another port after an exposure that found its own in use keeps the exposure', async () => {
  const { broker, engine, thread } = setUp();
  await engine.call('listSubscriptions', {});
  thread().refuseNextStart = inUse('0.0.0.0');
  const credentials = { username: 'board', password: 'secret' };
  await broker.expose(credentials);
  await broker.expose(credentials, port1884);
  assert.deepEqual(thread().starts.at(-1), {
    host: '0.0.0.0',
    port: 1884,
    limits,
    credentials: { username: 'board', password: 'secret' },
  });
});

test('another port for a start that failed exposes nothing, whatever was tried and given up since', async () => {
  const { broker, engine, thread } = setUp();
  await engine.call('listSubscriptions', {});
  thread().refuseNextStart = inUse('127.0.0.1');
  await broker.start();
  thread().refuseNextStart = inUse('0.0.0.0');
  await broker.expose(undefined);
  await broker.start(port1884);
  assert.deepEqual(thread().starts.at(-1), { host: '127.0.0.1', port: 1884, limits });
});

test('a start of a broker that runs changes nothing: a restart still knows the exposure', async () => {
  const { broker, thread } = setUp();
  await broker.expose({ username: 'board', password: 'secret' });
  await broker.start();
  await broker.restart();
  const { host, credentials } = thread().starts.at(-1) as Bound;
  assert.deepEqual([host, credentials?.username], ['0.0.0.0', 'board']);
});

test('an exposure and its end keep the state of the broker; a restart and a stop do not', async () => {
  const { broker, thread } = setUp();
  await broker.start();
  await broker.expose(undefined);
  await broker.stopExposing();
  await broker.restart();
  await broker.stop();
  assert.deepEqual(
    thread()
      .requests.filter((request) => request.method === 'stopBroker')
      .map((request) => request.params),
    [{ keepState: true }, { keepState: true }, { keepState: false }, { keepState: false }],
  );
});

test('operations take turns: a stop that comes during a start waits for it', async () => {
  const { broker, thread } = setUp();
  const [started] = await Promise.all([broker.start(), broker.stop()]);
  assert.equal(started.kind, 'started');
  assert.deepEqual(thread().methods, ['startBroker', 'stopBroker']);
  assert.equal(broker.state.kind, 'stopped');
});

test('a restart subscribes again to what the engine has dropped, and to nothing that it kept', async () => {
  const { broker, thread } = setUp();
  await broker.start();
  const kept: SubscriptionInfo = { topicFilter: 'kept/#', qos: 0, messageCount: 3 };
  const dropped: SubscriptionInfo = { topicFilter: 'dropped/#', qos: 1, messageCount: 5 };
  thread().event('subscriptionsChanged', [kept, dropped]);
  thread().subscriptions = [kept];
  await broker.restart();
  assert.deepEqual(
    thread()
      .requests.filter((request) => request.method === 'subscribe')
      .map((request) => request.params),
    [{ topicFilter: 'dropped/#', qos: 1 }],
  );
});

test('when the engine dies the broker is stopped; recover brings it back as it was, subscriptions included', async () => {
  const { broker, threads, thread } = setUp();
  await broker.expose({ username: 'board', password: 'secret' });
  thread().event('subscriptionsChanged', [{ topicFilter: 'a/#', qos: 2, messageCount: 1 }]);
  thread().die(new Error('crash'));
  assert.equal(broker.state.kind, 'stopped');
  assert.deepEqual(broker.subscriptions, []);
  assert.equal(broker.isLost, true);

  assert.equal((await broker.recover()).kind, 'started');
  assert.equal(threads.length, 2);
  assert.deepEqual(thread().starts, [
    { host: '0.0.0.0', port: 1883, limits, credentials: { username: 'board', password: 'secret' } },
  ]);
  assert.deepEqual(
    thread()
      .requests.filter((request) => request.method === 'subscribe')
      .map((request) => request.params),
    [{ topicFilter: 'a/#', qos: 2 }],
  );
  assert.equal(broker.isLost, false);
});

test('an engine that dies while the broker is brought back loses nothing more: the next recover has it all', async () => {
  const { broker, thread } = setUp();
  await broker.start();
  thread().event('subscriptionsChanged', [{ topicFilter: 'a/#', qos: 2, messageCount: 1 }]);
  thread().die(undefined);
  const recovering = broker.recover();
  while (broker.state.kind !== 'starting') await Promise.resolve();
  thread().die(undefined);
  await assert.rejects(recovering);
  assert.equal(broker.isLost, true);
  await broker.recover();
  assert.deepEqual(thread().last.params, { topicFilter: 'a/#', qos: 2 });
});

test('a recover that comes late leaves the broker that was started since alone', async () => {
  const { broker, thread } = setUp();
  await broker.expose(undefined);
  thread().die(undefined);
  await broker.start();
  await broker.recover();
  assert.equal(thread().methods.includes('stopBroker'), false);
  assert.deepEqual(
    thread().starts.map((start) => start.host),
    ['127.0.0.1', '127.0.0.1'],
  );
});

test('an engine that dies without a broker has lost none', async () => {
  const { broker, engine, thread } = setUp();
  await engine.call('listSubscriptions', {});
  thread().die(undefined);
  assert.equal(broker.isLost, false);
});

test('a start that is pending when the engine dies rejects, and the next one succeeds', async () => {
  const { broker, engine, thread } = setUp();
  await engine.call('listSubscriptions', {});
  const start = broker.start();
  await Promise.resolve();
  thread().die(undefined);
  await assert.rejects(start);
  assert.equal(broker.state.kind, 'stopped');
  assert.equal((await broker.start()).kind, 'started');
});

test('publish hands over a copy of just the payload, whatever buffer it is a view of', async () => {
  const { broker, thread } = setUp();
  const pool = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  await broker.publish({ topic: 'a', payload: pool.subarray(2, 4), qos: 0, retain: false });
  const { params } = thread().last;
  const { payload } = params as { payload: Uint8Array };
  assert.deepEqual(payload, Uint8Array.of(3, 4));
  assert.equal(payload.buffer.byteLength, 2);
  assert.deepEqual(thread().transfers.at(-1), [payload.buffer]);
});

const tls: ServerTls = {
  port: 8883,
  certificate: 'certificate',
  key: 'key',
  authority: 'authority',
  clientCertificate: 'optional',
};

test('without TLS in the settings no certificate is asked for, and none is handed over', async () => {
  const { broker, thread, prepared } = setUp();
  prepared.push({ kind: 'tls', tls });
  await broker.start();
  assert.equal(prepared.length, 1);
  assert.equal('tls' in thread().starts[0]!, false); // it started once
});

test('with TLS in the settings each launch asks for what it needs', async () => {
  const { broker, settings, thread, prepared } = setUp();
  settings.tls = { isOn: true, port: 8883, clientCertificate: 'optional' };
  prepared.push({ kind: 'tls', tls }, { kind: 'tls', tls: { ...tls, certificate: 'renewed' } });
  await broker.start();
  assert.deepEqual(thread().starts.at(-1)?.tls, tls);
  assert.equal(broker.tlsCertificate, 'certificate');
  await broker.restartForTls();
  assert.equal(thread().starts.at(-1)?.tls?.certificate, 'renewed');
  assert.equal(broker.tlsCertificate, 'renewed');
});

test('where no certificate can be had nothing starts, unless the person wants it without TLS', async () => {
  const { broker, settings, states, thread, prepared } = setUp();
  settings.tls = { isOn: true, port: 8883, clientCertificate: 'optional' };
  assert.deepEqual(await broker.start(), { kind: 'noCertificate', message: 'none' });
  assert.deepEqual(states, ['starting', 'stopped']);
  assert.equal((await broker.start({ withoutTls: true })).kind, 'started');
  assert.equal(thread().starts.at(-1)?.tls, undefined);
  // Once it is set up, the choice is taken back.
  prepared.push({ kind: 'tls', tls });
  await broker.restartForTls();
  assert.deepEqual(thread().starts.at(-1)?.tls, tls);
  assert.equal(thread().lastChoices?.withoutTls, undefined);
});

test('a renewed certificate goes to the listener, and nothing else of it', async () => {
  const { broker, settings, thread, prepared } = setUp();
  settings.tls = { isOn: true, port: 8883, clientCertificate: 'optional' };
  prepared.push({ kind: 'tls', tls });
  await broker.start();
  await broker.setTlsCertificate({ certificate: 'new', key: 'new key' });
  const { method, params } = thread().requests.at(-1) ?? {};
  assert.deepEqual([method, params], ['setTlsCertificate', { certificate: 'new', key: 'new key' }]);
  assert.equal(broker.tlsCertificate, 'new');
});

test('a TLS port that was free at the first start stays the broker’s over restarts', async () => {
  const { broker, settings, thread, prepared } = setUp();
  settings.tls = { isOn: true, port: 0, clientCertificate: 'optional' };
  const free: PreparedTls = { kind: 'tls', tls: { ...tls, port: 0 } };
  prepared.push(free, free);
  await broker.start();
  await broker.restart();
  assert.deepEqual(thread().lastChoices?.tlsPort, { use: FREE_PORT, insteadOf: 0 });
});
