/**
 * Test Connection against mosquitto and our own broker: each step with what it found, and each failure with the sentence that
 * a person reads and what it offers.
 */
import '../support/wordsOfExtension.ts';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { before, describe, test } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import { WorkbenchClient } from '../../src/client/workbenchClient.ts';
import type { EngineEvents } from '../../src/contracts/engine.ts';
import { ConnectionTests } from '../../src/engine/connectionTests.ts';
import { connectParamsOf } from '../../src/engine/remoteParams.ts';
import { CliBroker } from '../support/cliBroker.ts';
import { MosquittoBroker } from '../support/mosquittoBroker.ts';
import { ownedBySuite } from '../support/ownedBySuite.ts';
import { freePort } from '../support/ports.ts';
import { skipUnless } from '../support/tools.ts';
import { House, startWithAllWays, tlsFile } from './house.ts';

const { fact, fixes, stages, tried } = await import('./triedConnection.ts');

const skip = skipUnless('mosquitto', 'mosquitto_passwd');

describe('a connection to mosquitto that is tested', { skip }, () => {
  const owner = ownedBySuite();
  const ports = { mqtt: 0, mqtts: 0, strict: 0, ws: 0, nobody: 0, narrow: 0 };
  const user = { username: 'dev' };
  const secret = { password: 'secret' };

  before(async () => {
    for (const name of Object.keys(ports) as (keyof typeof ports)[]) ports[name] = await freePort();
    await startWithAllWays(owner, ports);
    await MosquittoBroker.start(owner, {
      configuration: [
        ...[`listener ${ports.narrow} 127.0.0.1`, 'max_qos 1', 'max_topic_alias 4'],
        ...['retain_available false', 'max_packet_size 2000', 'max_keepalive 20'],
        ...['max_inflight_messages 7', 'persistent_client_expiration 1h'],
      ],
    });
  });

  test('over TCP: connected, let in, and left again', async (t) => {
    const result = await tried(t, { url: `mqtt://127.0.0.1:${ports.mqtt}`, ...user }, secret);
    assert.deepEqual(stages(result), ['network passed', 'mqtt passed', 'disconnect passed']);
    assert.equal(result.summary, 'The connection works.');
    assert.equal(result.step('network').title, `Connected to 127.0.0.1, port ${ports.mqtt}`);
    assert.match(result.step('mqtt').details[0] ?? '', /^MQTT 5\.0, with the client id connections-/);
    for (const { took } of result.steps) assert.match(took ?? '', /^[\d.]+ ms$/);
  });

  test('over TLS, by a name: its addresses, the version of TLS, and the chain of certificates', async (t) => {
    const tls = { ca: tlsFile('ca.crt') };
    const result = await tried(t, { url: `mqtts://localhost:${ports.mqtts}`, ...user, tls }, secret);
    assert.deepEqual(stages(result), [
      ...['name passed', 'network passed', 'tls passed', 'trust passed', 'mqtt passed', 'disconnect passed'],
    ]);
    assert.equal(result.step('name').title, 'localhost is known');
    assert.match(result.step('name').details[0] ?? '', /127\.0\.0\.1/);
    assert.equal(result.step('tls').title, 'TLS 1.3');
    assert.match(result.step('tls').details[0] ?? '', /^Cipher TLS_/);
    const trust = result.step('trust');
    assert.equal(trust.details[0], 'The authority of this connection has signed it.');
    assert.deepEqual(
      trust.facts.map(({ heading }) => heading),
      ['Certificate of the broker', 'Signed by'],
    );
    assert.equal(fact(trust, 'Issuer'), 'MQTT Workbench test CA');
    assert.match(fact(trust, 'Names') ?? '', /DNS:localhost/);
    assert.match(fact(trust, 'SHA-256') ?? '', /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  });

  test('over a WebSocket: the subprotocol', async (t) => {
    const result = await tried(t, { url: `ws://127.0.0.1:${ports.ws}/mqtt`, ...user }, secret);
    assert.deepEqual(stages(result), [
      ...['network passed', 'webSocket passed', 'mqtt passed', 'disconnect passed'],
    ]);
    assert.deepEqual(result.step('webSocket').details, ['Subprotocol mqtt']);
  });

  test('in 5.0, the limits that the broker announces; in 3.1.1 it announces none', async (t) => {
    const url = `mqtt://127.0.0.1:${ports.narrow}`;
    const mqtt = (await tried(t, { url })).step('mqtt');
    const facts = Object.fromEntries(mqtt.facts.flatMap(({ rows }) => rows));
    assert.deepEqual(facts, {
      'Maximum QoS': '1',
      'Receive maximum': '7 messages at once',
      'Maximum packet size': '2 KiB',
      'Topic alias maximum': '4',
      'Retained messages': 'not available',
      'Wildcard subscriptions': 'available',
      'Shared subscriptions': 'available',
      'Subscription identifiers': 'available',
      'Keep alive': '20 s by the broker, instead of 30 s',
      'Session expiry': '0 s, as asked for',
    });
    const old = (await tried(t, { url, protocolVersion: '3.1.1' })).step('mqtt');
    assert.deepEqual(old.facts, [{ rows: [['Limits', 'not announced before MQTT 5.0']] }]);
  });

  test('a wrong password is refused, with what to do', async (t) => {
    const result = await tried(t, { url: `mqtt://127.0.0.1:${ports.mqtt}`, ...user }, { password: 'no' });
    assert.deepEqual(stages(result), ['network passed', 'mqtt failed']);
    assert.equal(result.summary, 'The connection does not work.');
    assert.deepEqual(result.failed?.details, [
      'Gateway does not let dev connect (not authorized). Is the password right, and may this user connect?',
      'Reason code 0x87: Not authorized',
    ]);
    assert.deepEqual(fixes(result.failed), ['password', 'username']);
  });

  test('nobody listens: the port may be another', async (t) => {
    const url = `mqtt://127.0.0.1:${ports.nobody}`;
    const { failed } = await tried(t, { url });
    assert.equal(failed?.title, 'No connection');
    assert.deepEqual(failed.details, [
      `Nothing listens at ${url}: does the broker run, and is this its port?`,
    ]);
    assert.deepEqual(fixes(failed), ['port', 'host']);
  });

  test('the authority is not known: the chain is shown, and the certificate can be trusted', async (t) => {
    const url = `mqtts://127.0.0.1:${ports.mqtts}`;
    const result = await tried(t, { url, ...user }, secret);
    assert.deepEqual(stages(result), ['network passed', 'tls passed', 'trust failed']);
    const { failed } = result;
    assert.match(
      failed?.details[0] ?? '',
      /^No authority that this computer knows has signed the certificate of 127\.0\.0\.1; MQTT Workbench test CA has\./,
    );
    assert.deepEqual(fixes(failed), ['tls.ca', 'Trust Certificate…']);
    assert.equal(fact(failed!, 'Issuer'), 'MQTT Workbench test CA');
    const fingerprint = fact(failed!, 'SHA-256');
    const trusted = await tried(t, { url, ...user, tls: { fingerprint } }, secret);
    assert.equal(trusted.hasPassed, true);
    assert.equal(
      trusted.step('trust').details[0],
      'It is the one that is trusted by its fingerprint, whoever signed it.',
    );
  });

  test('the certificate is for another name', async (t) => {
    const tls = { ca: tlsFile('ca.crt'), serverName: 'broker.example' };
    const { failed } = await tried(t, { url: `mqtts://127.0.0.1:${ports.mqtts}`, tls });
    assert.equal(failed?.stage, 'trust');
    assert.match(
      failed.details[0] ?? '',
      /^The certificate is for localhost.*, and not for broker\.example, as “Server name” says\./,
    );
    assert.deepEqual(fixes(failed), ['tls.serverName', 'Trust Certificate…']);
  });

  test('another certificate than the trusted one', async (t) => {
    const tls = { fingerprint: '00'.repeat(32) };
    const { failed } = await tried(t, { url: `mqtts://127.0.0.1:${ports.mqtts}`, tls });
    assert.match(
      failed?.details[0] ?? '',
      /^127\.0\.0\.1 showed another certificate than the one that is trusted/,
    );
    assert.deepEqual(fixes(failed), ['Trust Certificate…']);
  });

  test('a client certificate is wanted', async (t) => {
    const tls = { ca: tlsFile('ca.crt') };
    const url = `mqtts://127.0.0.1:${ports.strict}`;
    const { failed } = await tried(t, { url, tls });
    assert.match(failed?.details[0] ?? '', /^127\.0\.0\.1 wants a client certificate that it knows\./);
    assert.deepEqual(fixes(failed), ['tls.certificate']);
    const own = { ...tls, certificate: tlsFile('client.crt'), key: tlsFile('client.key') };
    const passed = await tried(t, { url, tls: own, ...user }, secret);
    assert.equal(passed.hasPassed, true);
    assert.match(passed.step('tls').details[1] ?? '', /^With the client certificate of .+, valid to /);
    const { failed: noKey } = await tried(t, { url, tls: { ...own, key: tlsFile('client.crt') } });
    assert.match(
      noKey?.details[0] ?? '',
      /^The file of the client certificate, or that of its key, is not what/,
    );
    assert.deepEqual(fixes(noKey), ['tls.key', 'tls.certificate']);
    const { failed: without } = await tried(t, { url, tls: { ...own, key: '/no/such.key' } });
    assert.match(without?.details[0] ?? '', /\/no\/such\.key can't be read/);
    const { failed: mixed } = await tried(t, { url, tls: { ...own, key: tlsFile('stranger.key') } });
    assert.deepEqual(mixed?.details, ['The key is not that of the client certificate.']);
    assert.deepEqual(fixes(mixed), ['tls.key', 'tls.certificate']);
  });

  test('TLS is spoken to a port without it, and none to a port that wants it: one click changes it', async (t) => {
    const { failed } = await tried(t, { url: `mqtts://127.0.0.1:${ports.mqtt}` });
    assert.equal(failed?.stage, 'tls');
    const plain = await tried(t, { url: `mqtt://127.0.0.1:${ports.mqtts}` });
    assert.match(plain.failed?.details[0] ?? '', /Is this a port for TLS \(mqtts:\/\/\) or for WebSockets/);
    assert.deepEqual(plain.failed?.fixes, [
      { kind: 'change', label: 'Use TLS', texts: { transport: 'mqtts', port: String(ports.mqtts) } },
      { kind: 'goTo', field: 'port' },
    ]);
  });

  test('a WebSocket is asked of a port that has none', async (t) => {
    const { failed } = await tried(t, { url: `ws://127.0.0.1:${ports.mqtt}/mqtt` });
    assert.equal(failed?.title, 'No WebSocket');
    assert.deepEqual(fixes(failed), ['path']);
  });
});

describe('a connection to our own broker that is tested', () => {
  test('with a client certificate, over TLS and over a WebSocket, and nothing stays behind', async (t) => {
    const files = [
      '--cert',
      tlsFile('server.crt'),
      '--key',
      tlsFile('server.key'),
      '--ca',
      tlsFile('ca.crt'),
    ];
    const broker = await CliBroker.start(t, [
      '--ws-port',
      '0',
      '--tls-port',
      '0',
      ...files,
      '--require-client-cert',
    ]);
    const tls = { ca: tlsFile('ca.crt'), certificate: tlsFile('client.crt'), key: tlsFile('client.key') };
    const secure = await tried(t, { url: `mqtts://localhost:${broker.port('mqtts')}`, tls });
    assert.equal(secure.hasPassed, true, JSON.stringify(secure.steps));
    const webSocket = await tried(t, { url: `ws://127.0.0.1:${broker.port('ws')}/mqtt` });
    assert.deepEqual(webSocket.step('webSocket').details, ['Subprotocol mqtt']);
    // A session that would outlive the test ends with it: who comes next with that client id finds none.
    const url = `mqtt://127.0.0.1:${broker.port('mqtt')}`;
    const keeping = { clientId: 'kept', sessionExpiryIntervalSeconds: 600, cleanStart: false };
    assert.equal((await tried(t, { url }, keeping)).hasPassed, true);
    const next = await WorkbenchClient.connect({ url, ...keeping });
    assert.ok(next.kind === 'connected');
    assert.equal(next.client.isSessionPresent, false);
    await next.client.end();
  });
});

test('a server that says nothing is called silent, and a test that is called off says so', async (t) => {
  const silent = createServer((socket) => socket.on('error', () => {}));
  silent.listen(0, '127.0.0.1');
  t.after(() => silent.close());
  await once(silent, 'listening');
  const url = `mqtt://127.0.0.1:${(silent.address() as AddressInfo).port}`; // listening: it has one
  const house = new House(t);
  const stages: (string | undefined)[] = [];
  const tests = new ConnectionTests({
    clock: systemClock,
    emit: (event, payload) => {
      if (event !== 'connectionTestProgress') return;
      // The event of that name.
      const { stage } = payload as EngineEvents['connectionTestProgress'];
      stages.push(stage);
      if (stage === 'mqtt') tests.cancelTest({ testId: 7 });
    },
    connectParamsOf: (params) => connectParamsOf(params, readFile),
  });
  const report = await tests.testConnection({ testId: 7, connection: house.params(url) });
  assert.equal(stages.at(-1), 'mqtt');
  assert.equal(report.end.kind, 'failed');
  assert.deepEqual(
    report.steps.map(({ kind }) => kind),
    ['network'],
  );
  silent.unref();
});
