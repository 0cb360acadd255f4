/** Where the bytes of a socket are read to, which the suite of all transports can't see; and that it loses none of them. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { TransportHandler } from '../../../src/broker/transport.ts';
import { FlushScheduler } from '../../../src/transports/flushScheduler.ts';
import { SocketTransport } from '../../../src/transports/socketTransport.ts';
import { FakeClock } from '../../support/fakeClock.ts';

interface Link {
  readonly peer: Socket;
  readonly transport: SocketTransport;
}

/** @param prepare what is done to the accepted socket first. */
async function link(
  t: TestContext,
  handler: Partial<TransportHandler>,
  prepare: (socket: Socket) => void = () => undefined,
): Promise<Link> {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const accepted = new Promise<SocketTransport>((resolve) => {
    server.once('connection', (socket) => {
      prepare(socket);
      const transport = new SocketTransport(socket, {
        ...{ kind: 'mqtt', remoteAddress: 'test', localAddress: undefined },
        ...{ certificateCommonName: undefined, certificateUsername: undefined, allowsAnonymous: undefined },
        ...{ refusal: undefined, scheduler: new FlushScheduler(), clock: new FakeClock() },
      });
      const nothing = () => undefined;
      transport.setHandler({
        onData: nothing,
        onFlush: nothing,
        onDrain: nothing,
        onClose: nothing,
        ...handler,
      });
      resolve(transport);
    });
  });
  const peer = connect((server.address() as AddressInfo).port, '127.0.0.1'); // listening: it has an address
  const transport = await accepted;
  t.after(() => {
    transport.destroy();
    peer.destroy();
  });
  return { peer, transport };
}

/** Collects chunks, copied, and where they lay. */
class Taken {
  readonly places: { readonly memory: ArrayBufferLike; readonly at: number }[] = [];
  readonly bytes: Buffer[] = [];
  #wanted = 0;
  #enough: () => void = () => undefined;

  take(chunk: Uint8Array): void {
    this.places.push({ memory: chunk.buffer, at: chunk.byteOffset });
    this.bytes.push(Buffer.from(chunk));
    if (this.length >= this.#wanted) this.#enough();
  }

  get length(): number {
    return this.bytes.reduce((total, { length }) => total + length, 0);
  }

  /** Until so many bytes have come in all. */
  async waitFor(length: number): Promise<Buffer> {
    if (this.length < length)
      await new Promise<void>((resolve) => {
        this.#wanted = length;
        this.#enough = resolve;
      });
    return Buffer.concat(this.bytes);
  }
}

/** As an older or a newer Node may be. */
function withoutOption(socket: Socket): void {
  const { _handle: handle } = socket as unknown as { _handle: object }; // of a socket that is open
  Object.defineProperty(handle, 'useUserBuffer', { value: undefined });
}

test('what the sockets read lies in one buffer, each read in the place of the one before', async (t) => {
  const taken = new Taken();
  const links = [await link(t, { onData: (chunk) => taken.take(chunk) })];
  links.push(await link(t, { onData: (chunk) => taken.take(chunk) }));
  for (const [index, { peer }] of [...links, ...links].entries()) {
    peer.write('ab');
    await taken.waitFor(2 * index + 2);
  }
  const [first] = taken.places;
  assert.deepEqual(
    taken.places.map(({ memory, at }) => memory === first?.memory && at === first.at),
    taken.places.map(() => true),
  );
});

test('where a handler has room for what comes next, it is read to there, and then to the buffer again', async (t) => {
  const taken = new Taken();
  const room = new Uint8Array(100).subarray(10, 14);
  let isWanted = false;
  const { peer } = await link(t, {
    onData: (chunk) => taken.take(chunk),
    roomForData: () => {
      isWanted = !isWanted;
      return isWanted ? room : undefined;
    },
  });
  peer.write('in');
  await taken.waitFor(2);
  peer.write('room and out');
  assert.equal((await taken.waitFor(14)).toString('latin1'), 'inroom and out');
  assert.equal(Buffer.from(room).toString('latin1'), 'room');
  assert.deepEqual(
    taken.places.map(({ memory, at }) => (memory === room.buffer ? at : 'landing')),
    ['landing', 10, 'landing', 10, 'landing', 10].slice(0, taken.places.length),
  );
});

for (const [name, prepare] of [
  ['in one buffer', () => undefined],
  ['where Node has no such option', withoutOption],
] as const) {
  test(`nothing is lost or out of order over pauses, ${name}`, async (t) => {
    const taken = new Taken();
    const sent = Buffer.alloc(3_000_000);
    for (let i = 0; i < sent.length; i += 4) sent.writeUInt32LE(i, i);
    const { peer, transport } = await link(
      t,
      {
        onData: (chunk) => {
          taken.take(chunk);
          transport.pause();
          setImmediate(() => transport.resume());
        },
      },
      prepare,
    );
    peer.write(sent);
    assert.ok(sent.equals(await taken.waitFor(sent.length)));
  });

  test(`the peer's end comes behind its last bytes, ${name}`, async (t) => {
    const taken = new Taken();
    const closed = Promise.withResolvers<number>();
    const { peer } = await link(
      t,
      { onData: (chunk) => taken.take(chunk), onClose: () => closed.resolve(taken.length) },
      prepare,
    );
    peer.end('last words');
    assert.equal(await closed.promise, 10);
  });

  test(`a peer that goes is heard while nothing is taken from it, ${name}`, async (t) => {
    const closed = Promise.withResolvers<unknown>();
    const { peer, transport } = await link(t, { onClose: closed.resolve }, prepare);
    transport.pause();
    peer.resetAndDestroy();
    assert.match(String(await closed.promise), /ECONNRESET/);
  });
}
