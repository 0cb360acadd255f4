/** A broker with a clock that the test moves, clients to it, and a check at the end that it met no bug. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { Broker, type BrokerOptions } from '../../src/broker/broker.ts';
import type { ConnectPacket, ProtocolVersion } from '../../src/mqtt/packets.ts';
import { FakeClock } from './fakeClock.ts';
import { RawClient } from './rawClient.ts';

export class BrokerUnderTest {
  readonly clock = new FakeClock();
  readonly broker: Broker;

  constructor(t: TestContext, options: BrokerOptions = {}) {
    this.broker = new Broker({ clock: this.clock, random: () => 0, ...options });
    t.after(async () => {
      await this.broker.stop();
      assert.equal(this.broker.counters.internalErrors, 0, 'the broker met a bug');
      assert.equal(this.broker.counters.connections, 0);
      assert.equal(this.clock.pendingTimers, 0, 'a stopped broker has no timers');
    });
  }

  /** A connection over which nothing was sent yet. */
  open(protocolVersion: ProtocolVersion): RawClient {
    return RawClient.overMemory(this.broker, protocolVersion);
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

/** The versions that most statements hold for alike. */
export const bothVersions: readonly ProtocolVersion[] = [4, 5];
