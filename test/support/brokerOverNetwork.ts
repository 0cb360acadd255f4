/**
 * The broker under test behind a listener of its own, on a free port of loopback. Time is still the test's.
 *
 * As with BrokerUnderTest, whose interface it has: only that `RawClient.handled` and `ping` are the barriers that give
 * two connections an order.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { BrokerOptions } from '../../src/broker/broker.ts';
import type { ProtocolVersion } from '../../src/mqtt/packets.ts';
import { type Listener, type ListenerOptions, listen } from '../../src/transports/listener.ts';
import { BrokerUnderTest } from './brokerUnderTest.ts';
import { dial } from './dial.ts';
import { type Ends, networkWire } from './networkWire.ts';
import { RawClient } from './rawClient.ts';
import { WatchedTransport } from './watchedTransport.ts';

const OVER_TCP: ListenerOptions = { kind: 'mqtt', host: '127.0.0.1', port: 0 };

export class BrokerOverNetwork extends BrokerUnderTest {
  readonly #listener: Promise<Listener>;
  /** One connection after the other: the next transport that comes belongs to who dialled last. */
  #opening: Promise<unknown> = Promise.resolve();
  #onTransport: (transport: WatchedTransport) => void = () => {};

  constructor(t: TestContext, options: BrokerOptions = {}, listenerOptions: ListenerOptions = OVER_TCP) {
    super(t, options);
    this.#listener = this.#listen(listenerOptions);
    t.after(async () => (await this.#listener).close());
  }

  override open(protocolVersion: ProtocolVersion): RawClient {
    const opening = this.#opening.then(() => this.#connect());
    this.#opening = opening;
    return new RawClient(protocolVersion, (peer) => networkWire(opening, peer));
  }

  async #listen(options: ListenerOptions): Promise<Listener> {
    const result = await listen(options, (transport) => {
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
    const line = await dial(info);
    return { line, transport: await accepted };
  }
}

/** Registers one test for 3.1.1 and one for 5.0, over TCP, for what holds in both alike. */
export function testBothVersions(
  name: string,
  run: (under: BrokerOverNetwork, protocolVersion: ProtocolVersion) => Promise<void>,
  options: BrokerOptions = {},
): void {
  for (const protocolVersion of [4, 5] as const) {
    test(`${name} (${protocolVersion === 5 ? '5.0' : '3.1.1'})`, (t) =>
      run(new BrokerOverNetwork(t, options), protocolVersion));
  }
}
