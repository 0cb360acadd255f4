/** The way to a broker against servers that do what the test says: what is told of a failure, and what is sent before trust. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { WebSocketServer } from 'ws';
import { systemClock } from '../../../src/base/clock.ts';
import type { ConnectParams, Failure } from '../../../src/client/clientTypes.ts';
import { openStream } from '../../../src/client/openStream.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { inRepository } from '../../support/repository.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const fixture = (name: string): Buffer => readFileSync(inRepository(`test/fixtures/tls/${name}`));
const ca = fixture('ca.crt');
const own = { cert: fixture('server.crt'), key: fixture('server.key') };

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  closing.push(() => server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port; // listening: it has one
}

/** @returns its port, and the bytes that clients have sent it. */
async function tlsServer(options: TlsOptions = own): Promise<{ port: number; received: Buffer[] }> {
  const received: Buffer[] = [];
  const server = createTlsServer(options, (socket) => {
    closing.push(() => socket.destroy());
    socket.on('data', (chunk) => received.push(chunk));
    socket.on('error', () => {});
  });
  server.on('tlsClientError', () => {});
  return { port: await listening(server), received };
}

function open(params: Omit<ConnectParams, 'clientId'>, signal = new AbortController().signal) {
  return openStream({ clientId: 'me', ...params }, { clock: systemClock, signal });
}

async function failure(params: Omit<ConnectParams, 'clientId'>): Promise<Failure> {
  const result = await open(params);
  assert.ok(result.kind === 'failed', 'it was opened');
  return result;
}

async function opened(params: Omit<ConnectParams, 'clientId'>): Promise<void> {
  const result = await open(params);
  assert.ok(result.kind === 'open', result.kind === 'failed' ? result.message : '');
  result.stream.destroy();
}

test('what is no address fails before anything is opened', async () => {
  for (const url of ['', 'localhost:1883', 'http://127.0.0.1', 'mqtt://'])
    assert.equal((await failure({ url })).fault?.stage, 'address');
});

test('a port that nobody listens on is a failure of the network', async () => {
  const server = createServer();
  const port = await listening(server);
  server.close();
  await once(server, 'close');
  const { fault } = await failure({ url: `mqtt://127.0.0.1:${port}` });
  assert.deepEqual(fault, { stage: 'network', code: 'ECONNREFUSED' });
});

test('a certificate that a known authority signed is trusted, for the names that it has', async () => {
  const { port } = await tlsServer();
  await opened({ url: `mqtts://127.0.0.1:${port}`, tls: { ca } });
  await opened({ url: `mqtts://localhost:${port}`, tls: { ca, minVersion: 'TLSv1.3' } });
  const { fault } = await failure({
    url: `mqtts://127.0.0.1:${port}`,
    tls: { ca, serverName: 'broker.example' },
  });
  assert.equal(fault?.code, 'ERR_TLS_CERT_ALTNAME_INVALID');
});

test('one that is not trusted is shown, and is sent nothing', async () => {
  const { port, received } = await tlsServer();
  const { fault } = await failure({ url: `mqtts://127.0.0.1:${port}` });
  assert.equal(fault?.stage, 'tls');
  assert.equal(fault.code, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  assert.match(fault.certificate?.fingerprint ?? '', /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  assert.notEqual(fault.certificate?.subject, '');
  assert.deepEqual(received, []);
});

test('one is trusted by its fingerprint, whoever signed it, and no other is', async () => {
  const { port, received } = await tlsServer();
  const url = `mqtts://127.0.0.1:${port}`;
  const { fault } = await failure({ url });
  const trustedFingerprint = fault?.certificate?.fingerprint ?? '';
  await opened({ url, tls: { trustedFingerprint } });
  await opened({ url, tls: { trustedFingerprint: trustedFingerprint.replaceAll(':', '').toLowerCase() } });
  const other = trustedFingerprint.replace(/^../, (digits) => (digits === '00' ? '01' : '00'));
  // Not even one that an authority has signed.
  const refused = await failure({ url, tls: { ca, trustedFingerprint: other } });
  assert.equal(refused.fault?.code, 'FINGERPRINT_MISMATCH');
  assert.deepEqual(received, []);
});

test('a key that is none, or that its passphrase does not open, is a failure of TLS', async () => {
  const { port } = await tlsServer();
  const url = `mqtts://127.0.0.1:${port}`;
  const broken = await failure({ url, tls: { ca, cert: own.cert, key: 'no key' } });
  assert.equal(broken.fault?.stage, 'tls');
  const otherKey = await failure({ url, tls: { ca, cert: fixture('client.crt'), key: own.key } });
  assert.equal(otherKey.fault?.code, 'ERR_OSSL_X509_KEY_VALUES_MISMATCH');
});

test('certificate and key in one, as PKCS#12, are opened by their passphrase', async () => {
  const { port } = await tlsServer({ ...own, ca, requestCert: true, rejectUnauthorized: true });
  const url = `mqtts://127.0.0.1:${port}`;
  const pkcs12 = fixture('client.p12');
  await opened({ url, tls: { ca, pkcs12, passphrase: 'workbench' } });
  const code = async (tls: ConnectParams['tls']): Promise<unknown> =>
    (await failure({ url, tls: { ca, ...tls } })).fault?.code;
  assert.equal(await code({ pkcs12, passphrase: 'wrong' }), 'PKCS12_PASSPHRASE');
  assert.equal(await code({ pkcs12 }), 'PKCS12_PASSPHRASE');
  assert.equal(await code({ pkcs12: fixture('client.crt') }), 'PKCS12_UNREADABLE');
});

test('a Unix socket is opened by its path', async (t) => {
  const path = join(temporaryFolder(t), 'a broker.sock');
  const server = createServer((socket) => void closing.push(() => socket.destroy()));
  server.listen(path);
  closing.push(() => server.close());
  await once(server, 'listening');
  const url = `mqtt+unix://${path.replace(' ', '%20')}`;
  await opened({ url });
  assert.deepEqual((await failure({ url: `${url}.gone` })).fault, { stage: 'network', code: 'ENOENT' });
  for (const wrong of ['mqtt+unix://', 'mqtt+unix:///', 'mqtt+unix://host/run/a.sock'])
    assert.equal((await failure({ url: wrong })).fault?.stage, 'address', wrong);
});

test('a port that does not speak TLS is told from one that does', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
  });
  const port = await listening(server);
  const { fault } = await failure({ url: `mqtts://127.0.0.1:${port}`, tls: { ca } });
  assert.deepEqual(fault, { stage: 'tls', code: 'ERR_SSL_WRONG_VERSION_NUMBER' });
});

test('a WebSocket is asked for with the path, the subprotocol and the headers that were given', async () => {
  const http = createHttpServer();
  const webSockets = new WebSocketServer({ server: http, path: '/mqtt' });
  closing.push(() => webSockets.close());
  const port = await listening(http);
  const asked = once(webSockets, 'connection');
  await opened({ url: `ws://127.0.0.1:${port}/mqtt`, headers: { authorization: 'Bearer abc' } });
  const [socket, request] = await asked;
  assert.equal(socket.protocol, 'mqtt');
  assert.equal(request.headers.authorization, 'Bearer abc');
  const { fault } = await failure({ url: `ws://127.0.0.1:${port}/other` });
  assert.deepEqual(fault, { stage: 'webSocket', code: 'HTTP_400' });
});

test('a server that does not answer is given up after ten seconds, and at once when it is called off', async () => {
  const connected: (() => void)[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => {});
    for (const wake of connected.splice(0)) wake();
  });
  const url = `mqtts://127.0.0.1:${await listening(server)}`;
  const clock = new FakeClock();
  const isThere = new Promise<void>((resolve) => connected.push(resolve));
  const slow = openStream({ url, clientId: 'me' }, { clock, signal: new AbortController().signal });
  await isThere;
  clock.advance(10_000);
  const result = await slow;
  assert.equal(result.kind === 'failed' && result.fault?.code, 'TIMEOUT');
  const calling = new AbortController();
  const calledOff = open({ url }, calling.signal);
  calling.abort();
  const outcome = await calledOff;
  assert.equal(outcome.kind, 'failed');
  assert.equal(outcome.kind === 'failed' && outcome.fault?.code, 'ABORTED');
});

test('a header that HTTP does not allow is a failure like any other, and its value is not told', async () => {
  const { port } = await tlsServer();
  const params = {
    ...{ url: `wss://127.0.0.1:${port}/mqtt`, tls: { ca } },
    headers: { Authorization: 'Bearer hidden\n' },
  };
  const { fault, message } = await failure(params);
  assert.equal(fault?.stage, 'webSocket');
  assert.match(message, /Authorization/);
  assert.doesNotMatch(message, /hidden/);
});

test('a % in the path of a Unix socket is one', async () => {
  const { fault } = await failure({ url: 'mqtt+unix:///nowhere/100%/broker.sock' });
  assert.deepEqual(fault, { stage: 'network', code: 'ENOENT' });
});
