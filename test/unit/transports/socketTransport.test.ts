/** What the suite can't see from the other end: how often the socket is written to. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { after, before, mock, test } from 'node:test';
import { FlushScheduler } from '../../../src/transports/flushScheduler.ts';
import { SocketTransport } from '../../../src/transports/socketTransport.ts';
import { FakeClock } from '../../support/fakeClock.ts';

const server = createServer({ allowHalfOpen: true });
let peer: Socket;
let socket: Socket;
let transport: SocketTransport;
let drained: () => void = () => undefined;

before(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  peer = connect((server.address() as AddressInfo).port, '127.0.0.1'); // listening: it has an address
  peer.resume();
  [socket] = (await once(server, 'connection')) as [Socket];
  transport = new SocketTransport(socket, {
    kind: 'mqtt',
    remoteAddress: 'test',
    localAddress: undefined,
    certificateCommonName: undefined,
    certificateUsername: undefined,
    allowsAnonymous: undefined,
    refusal: undefined,
    scheduler: new FlushScheduler(),
    clock: new FakeClock(),
  });
  transport.setHandler({
    onData: () => undefined,
    onFlush: () => undefined,
    onDrain: () => drained(),
    onClose: () => undefined,
  });
});

after(() => {
  transport.destroy();
  peer.destroy();
  server.close();
});

/** The stream's own methods, each call of which is one system call. */
interface WriteMethods {
  _write(...args: unknown[]): void;
  _writev(...args: unknown[]): void;
}

async function writesOf(chunks: readonly Uint8Array[]): Promise<{ single: number; gathered: number }> {
  const methods = socket as unknown as WriteMethods; // net.Socket has both; its types hide one
  const write = mock.method(methods, '_write');
  const writev = mock.method(methods, '_writev');
  const drain = new Promise<void>((resolve) => {
    drained = resolve;
  });
  for (const chunk of chunks) transport.write(chunk);
  await drain;
  const counts = { single: write.mock.callCount(), gathered: writev.mock.callCount() };
  mock.restoreAll();
  return counts;
}

test('100 small packets of one turn leave in one write', async () => {
  const packets = Array.from({ length: 100 }, () => new Uint8Array(80));
  assert.deepEqual(await writesOf(packets), { single: 1, gathered: 0 });
});

test('a large payload between small packets leaves with them in one gathered write', async () => {
  const packets = [new Uint8Array(80), new Uint8Array(50_000), new Uint8Array(80)];
  assert.deepEqual(await writesOf(packets), { single: 0, gathered: 1 });
});
