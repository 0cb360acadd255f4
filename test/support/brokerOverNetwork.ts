/**
 * The broker under test behind a listener of its own, on a free port of loopback. Time is still the test's.
 *
 * As with BrokerUnderTest, whose interface it has: only that `RawClient.handled` and `ping` are the barriers that give
 * two connections an order.
 */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { BrokerOptions } from '../../src/broker/broker.ts';
import type { ProtocolVersion } from '../../src/mqtt/packets.ts';
import { type Listener, listen } from '../../src/transports/listener.ts';
import { type TransportKindUnderTest, tcpOverIPv4 } from '../suites/transportPeers.ts';
import { BrokerUnderTest, bothVersions } from './brokerUnderTest.ts';
import { type Ends, networkWire } from './networkWire.ts';
import { RawClient } from './rawClient.ts';
import { WatchedTransport } from './watchedTransport.ts';

export class BrokerOverNetwork extends BrokerUnderTest {
  readonly #kind: TransportKindUnderTest;
  readonly #listener: Promise<Listener>;
  /** One connection after the other: the next transport that comes belongs to who dialled last. */
  #opening: Promise<unknown> = Promise.resolve();
  #onTransport: (transport: WatchedTransport) => void = () => {};

  constructor(t: TestContext, options: BrokerOptions = {}, kind: TransportKindUnderTest = tcpOverIPv4) {
    super(t, options);
    this.#kind = kind;
    this.#listener = this.#listen();
    t.after(async () => (await this.#listener).close());
  }

  override open(protocolVersion: ProtocolVersion): RawClient {
    const opening = this.#opening.then(() => this.#connect());
    this.#opening = opening;
    return new RawClient(protocolVersion, (peer) => networkWire(opening, peer));
  }

  async #listen(): Promise<Listener> {
    const result = await listen(this.#kind.options, (transport) => {
      const watched = new WatchedTransport(transport);
      this.broker.accept(watched);
      this.#onTransport(watched);
    });
    if (result.kind !== 'listening') assert.fail(`the listener: ${result.kind}`);
    return result.listener;
  }

  async #connect(): Promise<Ends> {
    const { info } = await this.#listener;
    const accepted = new Promise<WatchedTransport>((resolve) => (this.#onTransport = resolve));
    const stream = await this.#kind.connectStream(info);
    return { stream, transport: await accepted };
  }
}

/** Registers one test for 3.1.1 and one for 5.0, over TCP, for what holds in both alike. */
export const testBothVersions = bothVersions((t, options) => new BrokerOverNetwork(t, options));
