/** Opening and closing ports, and every way in which a port can be refused. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import type { Transport } from '../../../src/broker/transport.ts';
import { type Listener, type ListenerOptions, listen } from '../../../src/transports/listener.ts';
import { socketPath, testTls } from '../../suites/transportPeers.ts';

const ignore = (transport: Transport): void =>
  transport.setHandler({
    onData: () => undefined,
    onFlush: () => undefined,
    onDrain: () => undefined,
    onClose: () => undefined,
  });

async function mustListen(options: ListenerOptions, onTransport = ignore): Promise<Listener> {
  const result = await listen(options, onTransport);
  assert.equal(result.kind, 'listening');
  return (result as { listener: Listener }).listener; // asserted
}

test('port 0 takes a free port, and the listener says which', async () => {
  const listener = await mustListen({ kind: 'mqtt', host: '127.0.0.1', port: 0 });
  assert.equal(listener.info.host, '127.0.0.1');
  assert.ok(listener.info.port > 0);
  await listener.close();
});

test('a port that is taken is said to be in use', async () => {
  const first = await mustListen({ kind: 'mqtt', host: '127.0.0.1', port: 0 });
  const { port } = first.info;
  for (const options of [
    { kind: 'mqtt', host: '127.0.0.1', port },
    { kind: 'ws', host: '127.0.0.1', port },
    { kind: 'mqtts', host: '127.0.0.1', port, tls: testTls },
  ] as const) {
    assert.deepEqual(await listen(options, ignore), { kind: 'portInUse', host: '127.0.0.1', port });
  }
  await first.close();
});

test('an address of another machine is not available', async () => {
  // 192.0.2.0/24 is for documentation: nobody has it.
  const result = await listen({ kind: 'mqtt', host: '192.0.2.1', port: 0 }, ignore);
  assert.deepEqual(result, { kind: 'addressNotAvailable', host: '192.0.2.1', port: 0 });
});

test('a certificate that is none is a failure in words', async () => {
  const tls = { ...testTls, cert: 'not a certificate' };
  for (const kind of ['mqtts', 'wss'] as const) {
    const result = await listen({ kind, host: '127.0.0.1', port: 0, tls }, ignore);
    assert.equal(result.kind, 'failed');
    assert.match((result as { message: string }).message, /^The certificate or its key can't be used: /);
  }
});

test('a closed listener frees its port at once, and its connections live on', async () => {
  let accepted: Transport | undefined;
  let received: () => void = () => undefined;
  const listener = await mustListen({ kind: 'mqtt', host: '127.0.0.1', port: 0 }, (transport) => {
    accepted = transport;
    transport.setHandler({
      onData: (chunk) => transport.write(chunk.slice()),
      onFlush: () => undefined,
      onDrain: () => undefined,
      onClose: () => received(),
    });
  });
  const { port } = listener.info;
  const peer = connect(port, '127.0.0.1');
  await once(peer, 'connect');
  peer.write('a');
  await once(peer, 'data');

  await listener.close();
  const again = await mustListen({ kind: 'mqtt', host: '127.0.0.1', port });
  peer.write('b');
  const [answer] = (await once(peer, 'data')) as [Buffer];
  assert.equal(answer.toString(), 'b');

  const closed = new Promise<void>((resolve) => {
    received = resolve;
  });
  peer.end();
  await closed;
  assert.ok(accepted);
  await again.close();
});

describe('a Unix socket', { skip: process.platform === 'win32' && 'Windows has pipes' }, () => {
  test('is named by its path, and its file goes with the listener', async () => {
    const path = socketPath();
    const listener = await mustListen({ kind: 'unix', path });
    assert.deepEqual(listener.info, { kind: 'unix', host: path, port: 0 });
    assert.ok(existsSync(path));
    const again = await listen({ kind: 'unix', path }, ignore);
    assert.deepEqual(again, { kind: 'portInUse', host: path, port: 0 });
    await listener.close();
    assert.ok(!existsSync(path));
  });

  test("is its owner's alone, unless told otherwise", async () => {
    for (const [mode, permissions] of [
      [undefined, 0o600],
      [0o660, 0o660],
    ] as const) {
      const path = socketPath();
      const listener = await mustListen({ kind: 'unix', path, ...(mode !== undefined && { mode }) });
      assert.equal(statSync(path).mode & 0o777, permissions);
      await listener.close();
    }
  });

  test('takes over the file that a killed process left behind', async () => {
    const path = socketPath();
    const program = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
    assert.throws(() => execFileSync(process.execPath, ['-e', program]));
    assert.ok(existsSync(path));
    const listener = await mustListen({ kind: 'unix', path });
    await listener.close();
  });

  test('does not replace a file that is no socket', async (t) => {
    const path = socketPath();
    writeFileSync(path, 'precious');
    t.after(() => rmSync(path));
    assert.deepEqual(await listen({ kind: 'unix', path }, ignore), {
      kind: 'failed',
      message: 'there is a file at this path, and it is no socket',
    });
    assert.equal(readFileSync(path, 'utf8'), 'precious');
  });

  test('needs a folder that is there', async () => {
    assert.deepEqual(await listen({ kind: 'unix', path: '/nowhere/mqtt.sock' }, ignore), {
      kind: 'failed',
      message: 'there is no such folder to put the socket in',
    });
  });

  test('has a path that the system has room for, counted in bytes', async () => {
    const path = `/tmp/${'ü'.repeat(60)}`;
    const result = await listen({ kind: 'unix', path }, ignore);
    assert.match(
      result.kind === 'failed' ? result.message : '',
      /^the path has 125 bytes, and 10[37] is the most for a socket on this system \(\w+\): choose a shorter one$/,
    );
    assert.ok(!existsSync(path));
  });
});

test('one connection more than a listener takes is handed over with the reason, and far more are closed', async () => {
  const refusals: (string | undefined)[] = [];
  const told: string[] = [];
  const transports: Transport[] = [];
  let wake: () => void = () => undefined;
  const options = { kind: 'mqtt', host: '127.0.0.1', port: 0, maxConnections: 1 } as const;
  const result = await listen(
    options,
    (transport) => {
      ignore(transport);
      transports.push(transport);
      refusals.push(transport.refusal);
      wake();
    },
    {
      onRefused: (_remoteAddress, message) => {
        told.push(message);
        wake();
      },
    },
  );
  assert.ok(result.kind === 'listening');
  const full = '1 connection is open on this listener, and that is its limit';
  const peers: Socket[] = [];
  const dial = async (): Promise<void> => {
    const arrived = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const peer = connect(result.listener.info.port, '127.0.0.1');
    peer.on('error', () => undefined); // closed at once, some of them
    peers.push(peer);
    await arrived;
  };
  for (let i = 0; i < 66; i++) await dial();
  assert.deepEqual(refusals, [undefined, ...Array.from({ length: 64 }, () => full)]);
  assert.deepEqual(told, [full]);

  const closed = Promise.all(peers.map((peer) => (peer.closed ? undefined : once(peer, 'close'))));
  for (const transport of transports) transport.destroy();
  await closed;
  // Their places are free again.
  await dial();
  assert.equal(refusals.at(-1), undefined);
  transports.at(-1)?.destroy();
  await result.listener.close();
});
