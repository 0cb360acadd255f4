/**
 * What every transport promises, whatever it runs over (src/broker/transport.ts). One suite, which all kinds run.
 *
 * Nothing here waits for time: to show that something does not come, a second connection makes a round trip.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { hostAndPort } from '../../src/base/networkAddress.ts';
import type { Transport } from '../../src/broker/transport.ts';
import { COPY_LIMIT_BYTES } from '../../src/transports/coalesce.ts';
import { type Listener, listen } from '../../src/transports/listener.ts';
import { END_WAIT_MS } from '../../src/transports/queuedTransport.ts';
import { FakeClock } from '../support/fakeClock.ts';
import type { Peer, TransportKindUnderTest } from './transportPeers.ts';

/** A transport, and what it told its handler. */
class Accepted {
  readonly transport: Transport;
  readonly closes: (Error | undefined)[] = [];
  readonly closed: Promise<void>;
  drains = 0;
  /** Called when what was written is about to leave. */
  onFlush: () => void = () => undefined;
  #data = Buffer.alloc(0);
  #wake: () => void = () => undefined;

  constructor(transport: Transport) {
    this.transport = transport;
    this.closed = new Promise((resolve) => {
      transport.setHandler({
        onData: (chunk) => {
          this.#data = Buffer.concat([this.#data, chunk]);
          this.#wake();
        },
        onFlush: () => this.onFlush(),
        onDrain: () => {
          this.drains++;
          this.#wake();
        },
        onClose: (error) => {
          this.closes.push(error);
          resolve();
        },
      });
    });
  }

  get data(): Buffer {
    return this.#data;
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

export function testTransport(kind: TransportKindUnderTest): void {
  describe(`a transport over ${kind.name}`, () => {
    const clock = new FakeClock();
    const arrivals: Accepted[] = [];
    const peers: Peer[] = [];
    let wakeArrival: () => void = () => undefined;
    let listener: Listener;

    before(async () => {
      const onTransport = (transport: Transport): void => {
        arrivals.push(new Accepted(transport));
        wakeArrival();
      };
      const result = await listen(kind.options, onTransport, { clock });
      assert.equal(result.kind, 'listening');
      listener = (result as { listener: Listener }).listener; // asserted
    });

    after(async () => {
      await listener.close();
      for (const peer of peers) peer.abort();
      await Promise.all(peers.map((peer) => peer.closed));
    });

    async function open(connect = kind.connect): Promise<{ peer: Peer; accepted: Accepted }> {
      const peer = await connect(listener.info);
      peers.push(peer);
      while (arrivals.length === 0) {
        await new Promise<void>((resolve) => {
          wakeArrival = resolve;
        });
      }
      return { peer, accepted: arrivals.shift()! }; // not empty
    }

    /** Two round trips on a connection of its own: whatever was on its way before has arrived by then. */
    async function barrier(): Promise<void> {
      const { peer, accepted } = await open();
      for (let trip = 1; trip <= 2; trip++) {
        peer.send(Uint8Array.of(trip));
        await accepted.until(() => accepted.data.length === trip);
        accepted.transport.write(Uint8Array.of(trip));
        await peer.receive(trip);
      }
      peer.end();
      await accepted.closed;
    }

    test('says its kind, the address of its peer, and the one that the peer reached', async () => {
      const { accepted } = await open();
      const { transport } = accepted;
      assert.equal(transport.kind, kind.options.kind);
      if (kind.options.kind === 'unix') {
        assert.equal(transport.remoteAddress, kind.options.path);
        assert.equal(transport.localAddress, undefined);
      } else {
        const { host, port } = listener.info;
        assert.match(transport.remoteAddress, /^(127\.0\.0\.1|\[::1\]):\d+$/);
        assert.equal(transport.localAddress, hostAndPort(host, port));
      }
      assert.equal(transport.certificateCommonName, undefined);
    });

    test('hands over what the peer sent, whole and in order', async () => {
      const { peer, accepted } = await open();
      const sent = patternOf(300_000);
      for (let at = 0; at < sent.length; at += 70_001) peer.send(sent.subarray(at, at + 70_001));
      await accepted.until(() => accepted.data.length >= sent.length);
      assert.ok(accepted.data.equals(sent));
    });

    test('sends small and large chunks in the order in which they were written', async () => {
      const { peer, accepted } = await open();
      const sizes = [1, COPY_LIMIT_BYTES, 2, 3, COPY_LIMIT_BYTES - 1, 200_000, 5, 0, 1];
      const all = patternOf(sizes.reduce((sum, size) => sum + size, 0));
      let at = 0;
      for (const size of sizes) {
        accepted.transport.write(all.subarray(at, at + size));
        at += size;
      }
      assert.ok((await peer.receive(all.length)).equals(all));
    });

    test('counts what is written as buffered until it has left, and then tells', async () => {
      const { peer, accepted } = await open();
      assert.equal(accepted.transport.bufferedBytes, 0);
      accepted.transport.write(patternOf(100));
      accepted.transport.write(patternOf(200_000));
      assert.equal(accepted.transport.bufferedBytes, 200_100);
      assert.equal(accepted.drains, 0);
      await accepted.until(() => accepted.drains > 0);
      assert.equal(accepted.transport.bufferedBytes, 0);
      await peer.receive(200_100);
    });

    test('goes on buffering for a peer that does not read, and tells when it has caught up', async () => {
      const { peer, accepted } = await open();
      // More than the kernel's buffers take while this very thread, which is the peer's too, writes.
      const chunk = patternOf(1_000_000);
      const chunkCount = 16;
      for (let i = 0; i < chunkCount; i++) accepted.transport.write(chunk);
      await accepted.until(() => accepted.drains > 0);
      assert.equal(accepted.transport.bufferedBytes, 0);
      assert.equal((await peer.receive(chunk.length * chunkCount)).length, chunk.length * chunkCount);
    });

    test('asks before what was written leaves, and sends nothing of what is discarded', async () => {
      const { peer, accepted } = await open();
      const buffered: number[] = [];
      accepted.onFlush = () => {
        buffered.push(accepted.transport.bufferedBytes);
        accepted.transport.discard();
        accepted.transport.write(Uint8Array.of(3, 4, 5));
      };
      accepted.transport.write(Uint8Array.of(1));
      accepted.transport.write(Uint8Array.of(2));
      assert.deepEqual([...(await peer.receive(3))], [3, 4, 5]);
      assert.deepEqual(buffered, [2]);
      accepted.onFlush = () => undefined;
      accepted.transport.write(Uint8Array.of(6));
      assert.deepEqual([...(await peer.receive(4))].slice(3), [6]);
    });

    test('may be ended while it asks', async () => {
      const { peer, accepted } = await open();
      accepted.onFlush = () => {
        accepted.transport.discard();
        accepted.transport.write(Uint8Array.of(7));
        accepted.transport.end();
      };
      accepted.transport.write(Uint8Array.of(1));
      await Promise.all([peer.closed, accepted.closed]);
      assert.deepEqual([...(await peer.receive(1))], [7]);
    });

    test('ends after what was written, closes once, and takes no more bytes', async () => {
      const { peer, accepted } = await open();
      accepted.transport.write(Uint8Array.of(1, 2, 3));
      accepted.transport.end();
      accepted.transport.write(Uint8Array.of(4));
      accepted.transport.end();
      assert.deepEqual([...(await peer.receive(3))], [1, 2, 3]);
      await Promise.all([peer.closed, accepted.closed]);
      accepted.transport.destroy();
      accepted.transport.write(Uint8Array.of(5));
      assert.deepEqual(accepted.closes, [undefined]);
      assert.deepEqual([...(await peer.receive(3))], [1, 2, 3]);
    });

    test('hands over nothing that comes after its end', async () => {
      const { peer, accepted } = await open();
      accepted.transport.end();
      peer.send(Uint8Array.of(1));
      await accepted.closed;
      assert.equal(accepted.data.length, 0);
    });

    test('is destroyed at once, and closes once', async () => {
      const { peer, accepted } = await open();
      accepted.transport.write(Uint8Array.of(1));
      accepted.transport.destroy();
      assert.equal(accepted.transport.bufferedBytes, 0);
      await Promise.all([peer.closed, accepted.closed]);
      accepted.transport.destroy();
      assert.deepEqual(accepted.closes, [undefined]);
    });

    test('closes without an error when the peer ends in order', async () => {
      const { peer, accepted } = await open();
      peer.send(Uint8Array.of(1));
      peer.end();
      await Promise.all([peer.closed, accepted.closed]);
      assert.deepEqual(accepted.closes, [undefined]);
      assert.deepEqual([...accepted.data], [1]);
    });

    test('closes once when the peer vanishes', async () => {
      const { peer, accepted } = await open();
      accepted.transport.write(patternOf(1000));
      peer.abort();
      await accepted.closed;
      accepted.transport.write(Uint8Array.of(1));
      accepted.transport.end();
      assert.equal(accepted.closes.length, 1);
    });

    test('hands over nothing while it is paused, and everything when it goes on', async () => {
      const { peer, accepted } = await open();
      accepted.transport.pause();
      const sent = patternOf(1000);
      peer.send(sent);
      await barrier();
      assert.equal(accepted.data.length, 0);
      accepted.transport.resume();
      await accepted.until(() => accepted.data.length >= sent.length);
      assert.ok(accepted.data.equals(sent));
    });

    test('can be ended while it is paused', async () => {
      const { peer, accepted } = await open();
      accepted.transport.pause();
      peer.send(patternOf(1000));
      accepted.transport.write(Uint8Array.of(7));
      accepted.transport.end();
      assert.deepEqual([...(await peer.receive(1))], [7]);
      await Promise.all([peer.closed, accepted.closed]);
      assert.deepEqual(accepted.closes, [undefined]);
    });

    test('leaves no timer behind', async () => {
      const { peer, accepted } = await open();
      accepted.transport.end();
      await Promise.all([peer.closed, accepted.closed]);
      assert.equal(clock.pendingTimers, 0);
    });

    const { connectStubborn } = kind;
    if (connectStubborn !== undefined) {
      test('gives a peer that does not close a few seconds, and no more', async () => {
        const { peer, accepted } = await open(connectStubborn);
        accepted.transport.end();
        await barrier();
        assert.deepEqual(accepted.closes, []);
        clock.advance(END_WAIT_MS);
        await accepted.closed;
        assert.deepEqual(accepted.closes, [undefined]);
        peer.abort();
      });

      test('sends what is queued to a peer that has ended its own side', async () => {
        const { peer, accepted } = await open(connectStubborn);
        accepted.transport.write(Uint8Array.of(1));
        peer.end();
        assert.deepEqual([...(await peer.receive(1))], [1]);
        await Promise.all([peer.closed, accepted.closed]);
      });
    }
  });
}

/** Bytes in which a piece that is missing or misplaced shows: no period that a chunk size could be. */
function patternOf(byteCount: number): Buffer {
  const bytes = Buffer.allocUnsafe(byteCount);
  for (let i = 0; i < byteCount; i++) bytes[i] = (i * 31 + (i >>> 8) * 17) & 0xff;
  return bytes;
}
