/** The engine with a TLS listener whose certificate is in no file. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import { createAuthority, issueServerCertificate } from '../../../src/certificates/authority.ts';
import type { ServerTls } from '../../../src/contracts/engine.ts';
import { openBroker } from '../../../src/engine/openBroker.ts';
import { startEngine } from './engineUnderTest.ts';

const options = { keyKind: 'ec', lifetimeDays: 2, nowMs: Date.now() } as const;

async function signed(): Promise<ServerTls> {
  const ca = await createAuthority({ ...options, commonName: 'CA' });
  const server = await issueServerCertificate(ca, ['localhost'], { ...options, commonName: 'first' });
  return {
    port: 0,
    certificate: server.certificate,
    key: server.key,
    authority: ca.certificate,
    clientCertificate: 'none',
  };
}

async function shownBy(t: TestContext, port: number): Promise<string> {
  const socket: TLSSocket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  t.after(() => socket.destroy());
  await once(socket, 'secureConnect');
  const { CN } = socket.getPeerCertificate().subject;
  return String(CN);
}

test('it listens, says on which port, and its private key is in nothing that the engine says', async (t) => {
  const { engine } = startEngine(t);
  const said: string[] = [];
  engine.onEvent((event) => said.push(JSON.stringify(event)));
  const tls = await signed();
  const result = await engine.startBroker({
    host: '127.0.0.1',
    port: 0,
    limits: { maxPacketBytes: 1000, maxConnections: 10, historyBytes: 1000 },
    tls,
  });
  assert.ok(result.kind === 'started');
  const { ownTlsPort, listeners } = result.broker;
  assert.deepEqual(
    listeners.map(({ kind }) => kind),
    ['mqtt', 'mqtts'],
  );
  assert.equal(ownTlsPort, listeners[1]?.kind === 'mqtts' && listeners[1].port);
  assert.equal(await shownBy(t, ownTlsPort ?? 0), 'first');
  await engine.stopBroker({ keepState: false });
  const secret = tls.key.split('\n')[1] ?? '';
  assert.ok(secret.length > 40);
  assert.ok(!JSON.stringify(result).includes(secret));
  assert.ok(said.length > 0 && said.every((text) => !text.includes(secret)));
});

test('it says of itself alone that it lets in nobody without a certificate, and only where that is so', async (t) => {
  const tls = await signed();
  for (const clientCertificate of ['none', 'optional', 'required'] as const) {
    const { engine, start } = startEngine(t);
    await start({ tls: { ...tls, clientCertificate } });
    assert.ok(engine.brokerState.kind === 'running');
    assert.deepEqual(
      engine.brokerState.broker.listeners.map((listener) => 'requiresClientCertificate' in listener),
      [false, clientCertificate === 'required'],
    );
  }
});

test('another certificate is shown from then on; without such a listener nothing happens', async (t) => {
  const { engine, start } = startEngine(t);
  const tls = await signed();
  const ca = await createAuthority({ ...options, commonName: 'CA' });
  const second = await issueServerCertificate(ca, ['localhost'], { ...options, commonName: 'second' });
  engine.setTlsCertificate(second);
  await start({ tls });
  const { brokerState } = engine;
  const port = brokerState.kind === 'running' ? (brokerState.broker.ownTlsPort ?? 0) : 0;
  engine.setTlsCertificate(second);
  assert.equal(await shownBy(t, port), 'second');
});

test('a certificate that came before or during an outage is shown after it', async (t) => {
  const { certificate, key, authority } = await signed();
  const ca = await createAuthority({ ...options, commonName: 'CA' });
  const [second, third] = await Promise.all(
    ['second', 'third'].map((commonName) =>
      issueServerCertificate(ca, ['localhost'], { ...options, commonName }),
    ),
  );
  const address = { host: '127.0.0.1', port: 0 } as const;
  const terms = { clientCertificate: 'none', commonNameAsUser: false, minTlsVersion: '1.2' } as const;
  const tls = { isKept: true, ...terms } as const;
  const result = await openBroker(
    {
      listeners: [
        { kind: 'mqtt', ...address },
        { kind: 'mqtts', ...address, tls },
      ],
      limits: {},
    },
    { keptCertificate: { certificate, key, authority } },
  );
  assert.ok(result.kind === 'opened', JSON.stringify(result));
  const { opened } = result;
  t.after(() => opened.stop());
  const port = opened.listeners[1]?.info.port ?? 0;
  const behaviour = { kind: 'brokerStops', seconds: 60, losesSessions: false } as const;
  const outage = async (meanwhile: () => void): Promise<void> => {
    opened.faults.start([{ who: { kind: 'everyone' }, behaviour }]);
    await opened.faults.settled();
    meanwhile();
    opened.faults.stop();
    await opened.faults.settled();
  };
  assert.equal(await shownBy(t, port), 'first');
  opened.setKeptCertificate(second!.certificate, second!.key); // there are two
  await outage(() => {});
  assert.equal(await shownBy(t, port), 'second');
  await outage(() => opened.setKeptCertificate(third!.certificate, third!.key));
  assert.equal(await shownBy(t, port), 'third');
});

test('a key that is not the certificate’s keeps the broker from starting, and says so', async (t) => {
  const { engine } = startEngine(t);
  const [tls, other] = [await signed(), await signed()];
  const result = await engine.startBroker({
    host: '127.0.0.1',
    port: 0,
    limits: { maxPacketBytes: 1000, maxConnections: 10, historyBytes: 1000 },
    tls: { ...tls, key: other.key },
  });
  assert.ok(result.kind === 'failed', result.kind);
  assert.match(result.message, /certificate or its key can't be used/);
});

test('a TLS port that is taken is named, with one that is free, which can be chosen instead', async (t) => {
  const { engine } = startEngine(t);
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  t.after(() => other.close());
  const address = other.address();
  assert.ok(typeof address === 'object' && address !== null);
  const tls = { ...(await signed()), port: address.port };
  const limits = { maxPacketBytes: 1000, maxConnections: 10, historyBytes: 1000 };
  const params = { host: '127.0.0.1', port: 0, limits, tls };
  const result = await engine.startBroker(params);
  assert.ok(result.kind === 'portInUse', result.kind);
  assert.equal(result.port, address.port);
  const { choice, configuredPort, freePort } = result.instead ?? assert.fail();
  assert.deepEqual([choice, configuredPort], ['tlsPort', address.port]);
  const choices = { tlsPort: { use: freePort, insteadOf: configuredPort } };
  const second = await engine.startBroker({ ...params, choices });
  assert.ok(second.kind === 'started', second.kind);
  assert.equal(second.broker.ownTlsPort, freePort);
});
