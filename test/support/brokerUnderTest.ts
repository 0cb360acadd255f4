/** A broker with a clock that the test moves, clients to it, and a check at the end that it met no bug. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Disposable, toDisposable } from '../../src/base/disposable.ts';
import { Broker, type BrokerOptions } from '../../src/broker/broker.ts';
import type { ConnectPacket, ProtocolVersion } from '../../src/mqtt/packets.ts';
import { FakeClock } from './fakeClock.ts';
import { RawClient } from './rawClient.ts';

export class BrokerUnderTest {
  /** What is put around each broker, by a file that is imported before the tests; taken away before the broker stops. */
  static surround: (broker: Broker, clock: FakeClock) => Disposable = () => toDisposable(() => {});
  readonly clock: FakeClock;
  readonly broker: Broker;
  /** How many bugs the test puts into the broker's surroundings. */
  expectedBugs = 0;

  /** @param startMs the wall clock at the start, where it matters. */
  constructor(t: TestContext, options: BrokerOptions = {}, startMs?: number) {
    this.clock = new FakeClock(startMs);
    this.broker = new Broker({ clock: this.clock, random: () => 0, ...options });
    const surroundings = BrokerUnderTest.surround(this.broker, this.clock);
    t.after(async () => {
      surroundings.dispose();
      await this.broker.stop();
      assert.equal(this.broker.counters.internalErrors, this.expectedBugs, 'bugs that the broker met');
      assert.equal(this.broker.counters.connections, 0);
      assert.equal(this.clock.pendingTimers, 0, 'a stopped broker has no timers');
    });
  }

  /** A connection over which nothing was sent yet. */
  open(protocolVersion: ProtocolVersion, remoteAddress?: string): RawClient {
    return RawClient.overMemory(this.broker, protocolVersion, remoteAddress);
  }

  /** A client whose CONNECT was accepted. */
  async connect(
    protocolVersion: ProtocolVersion,
    clientId: string,
    options: Partial<ConnectPacket> = {},
  ): Promise<RawClient> {
    const client = this.open(protocolVersion);
    await client.connect({ clientId, ...options });
    return client;
  }
}

type TestBothVersions<Under> = (
  name: string,
  run: (under: Under, protocolVersion: ProtocolVersion) => Promise<void>,
  options?: BrokerOptions,
) => void;

/** Registers one test for 3.1.1 and one for 5.0, for what holds in both alike. */
export const testBothVersions = bothVersions((t, options) => new BrokerUnderTest(t, options));

/** @param make the broker of each test. */
export function bothVersions<Under>(
  make: (t: TestContext, options: BrokerOptions) => Under,
): TestBothVersions<Under> {
  return (name, run, options = {}) => {
    for (const protocolVersion of [4, 5] as const) {
      test(`${name} (${protocolVersion === 5 ? '5.0' : '3.1.1'})`, (t) =>
        run(make(t, options), protocolVersion));
    }
  };
}
