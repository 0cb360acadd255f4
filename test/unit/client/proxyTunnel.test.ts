/** The way through a proxy, and what is told of one that gives none. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { ProxyParams } from '../../../src/client/clientTypes.ts';
import { openTunnel, type ProxyError } from '../../../src/client/proxyTunnel.ts';
import { startHttpProxy, startSocksProxy, type TestProxy } from '../../support/proxies.ts';

const me = { username: 'me', password: 'pass:wörd' };
const proxies = { http: startHttpProxy, socks5: startSocksProxy };

/** Says what it hears, in capitals. */
async function startEcho(t: TestContext): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (chunk) => socket.write(chunk.toString().toUpperCase()));
  });
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port; // listening: it has one
}

function through(
  t: TestContext,
  proxy: ProxyParams,
  target: { host: string; port: number },
): Promise<Socket> {
  return openTunnel(proxy, target, (opened) => t.after(() => opened.destroy()));
}

async function codeOf(t: TestContext, proxy: ProxyParams, port: number): Promise<string> {
  try {
    await through(t, proxy, { host: '127.0.0.1', port });
  } catch (error) {
    return (error as ProxyError).code; // no other is thrown
  }
  return 'opened';
}

for (const [kind, start] of Object.entries(proxies)) {
  test(`${kind}: the proxy connects, to a name that it finds itself, and every byte goes through`, async (t) => {
    const port = await startEcho(t);
    const proxy: TestProxy = await start(t);
    const tunnel = await through(t, proxy, { host: 'localhost', port });
    assert.deepEqual(proxy.targets, [`localhost:${port}`]);
    tunnel.write('hello');
    const [chunk] = await once(tunnel, 'data');
    assert.equal(chunk.toString(), 'HELLO');
  });

  test(`${kind}: a user is let in by name and password, and nobody else`, async (t) => {
    const port = await startEcho(t);
    const { url } = await start(t, { user: me });
    const refused = kind === 'http' ? 'HTTP_407' : 'SOCKS_AUTH';
    assert.equal(await codeOf(t, { url, ...me }, port), 'opened');
    assert.equal(await codeOf(t, { url, ...me, password: 'other' }, port), refused);
    assert.equal(await codeOf(t, { url }, port), refused);
  });

  test(`${kind}: a proxy that is not there, is none, or hangs up, is told apart`, async (t) => {
    const gone = createServer();
    gone.listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const { port: nobody } = gone.address() as AddressInfo; // listening: it has one
    gone.close();
    await once(gone, 'close');
    assert.equal(await codeOf(t, { url: `${kind}://127.0.0.1:${nobody}` }, 1), 'ECONNREFUSED');
    for (const [answer, code] of [
      ['+OK mail is here\r\n', 'NOT_A_PROXY'],
      ['', 'ECONNRESET'],
    ] as const) {
      const server = createServer((socket) => {
        socket.on('error', () => {});
        socket.resume();
        socket.end(answer);
      });
      t.after(() => server.close());
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo; // listening: it has one
      assert.equal(await codeOf(t, { url: `${kind}://127.0.0.1:${port}` }, 1), code);
    }
    // The broker that nobody is at, by a proxy that is there.
    const { url } = await start(t);
    assert.equal(await codeOf(t, { url }, nobody), kind === 'http' ? 'HTTP_502' : 'SOCKS_ConnectionRefused');
  });

  test(`${kind}: texts that have no room in SOCKS5 are refused before anything is opened`, async (t) => {
    const proxy: TestProxy = await start(t);
    const long = 'x'.repeat(256);
    for (const [params, host] of [
      [{ url: proxy.url, username: long }, 'localhost'],
      [{ url: proxy.url, username: 'me', password: long }, 'localhost'],
      [{ url: proxy.url }, long],
    ] as const)
      await assert.rejects(through(t, params, { host, port: 1 }), /at most 255 bytes/);
    assert.deepEqual(proxy.targets, []);
  });
}

test('what the proxy refuses has its status or its reply', async (t) => {
  const forbidding = await startHttpProxy(t, { status: 403 });
  assert.equal(await codeOf(t, forbidding, 1883), 'HTTP_403');
  for (const [reply, code] of [
    [1, 'SOCKS_Failure'],
    [2, 'SOCKS_NotAllowed'],
    [3, 'SOCKS_NetworkUnreachable'],
    [4, 'SOCKS_HostUnreachable'],
    [6, 'SOCKS_TTLExpired'],
    [8, 'SOCKS_AddressNotSupported'],
  ] as const)
    assert.equal(await codeOf(t, await startSocksProxy(t, { reply }), 1883), code);
});

test('what is no proxy’s address is not tried', async (t) => {
  for (const url of ['', 'proxy:3128', 'ftp://127.0.0.1', 'http://'])
    await assert.rejects(through(t, { url }, { host: '127.0.0.1', port: 1 }), /is no proxy's address/, url);
});
