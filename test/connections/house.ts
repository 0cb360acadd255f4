/** The engine's connections to other brokers, without a thread and a view: what the tests of this folder look at. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import type { TestContext } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import type { ConnectionId } from '../../src/contracts/connections.ts';
import type { EngineEvents } from '../../src/contracts/engine.ts';
import type { RemoteBroker, RemoteBrokerParams } from '../../src/contracts/remoteBrokers.ts';
import type { Emit } from '../../src/engine/modelEvents.ts';
import { Models } from '../../src/engine/models.ts';
import { RemoteConnections } from '../../src/engine/remoteConnections.ts';
import { MosquittoBroker } from '../support/mosquittoBroker.ts';
import type { Owner } from '../support/program.ts';
import { inRepository } from '../support/repository.ts';

export const tlsFile = (name: string): string => inRepository(`test/fixtures/tls/${name}`);

/** mosquitto at these ports: plain, with TLS, with a client certificate, and by WebSocket; for `dev`, with the password `secret`. */
export function startWithAllWays(
  owner: Owner,
  { mqtt, mqtts, strict, ws }: Readonly<Record<'mqtt' | 'mqtts' | 'strict' | 'ws', number>>,
): Promise<MosquittoBroker> {
  const certificate = [
    `certfile ${tlsFile('server.crt')}`,
    `keyfile ${tlsFile('server.key')}`,
    `cafile ${tlsFile('ca.crt')}`,
  ];
  return MosquittoBroker.start(owner, {
    users: { dev: 'secret' },
    configuration: [
      `listener ${mqtt} 127.0.0.1`,
      ...[`listener ${mqtts} 127.0.0.1`, ...certificate],
      ...[`listener ${strict} 127.0.0.1`, ...certificate, 'require_certificate true'],
      ...[`listener ${ws} 127.0.0.1`, 'protocol websockets'],
    ],
  });
}

export const message = (topic: string, text: string) =>
  ({ topic, payload: new TextEncoder().encode(text), qos: 1, retain: false }) as const;

let lastClient = 0;

export class House {
  readonly models = new Models(50_000_000);
  readonly remotes: RemoteConnections;
  readonly troubles: string[] = [];
  readonly #watchers = new Set<(brokers: readonly RemoteBroker[]) => void>();

  /** Leaves all brokers with the test. */
  constructor(t: TestContext) {
    const emit: Emit = (event, payload) => {
      if (event !== 'remoteBrokersChanged') return;
      // The event of that name.
      for (const watch of this.#watchers) watch(payload as EngineEvents['remoteBrokersChanged']);
    };
    this.remotes = new RemoteConnections({
      ...{ clock: systemClock, models: this.models, readFile, emit, interfaces: networkInterfaces },
      onTrouble: (trouble) => this.troubles.push(trouble),
    });
    t.after(() => this.remotes.dispose());
  }

  /** A client id that no other test has. */
  params(url: string, others: Partial<RemoteBrokerParams> = {}): RemoteBrokerParams {
    lastClient++;
    return {
      profileId: 'one',
      name: 'One',
      url,
      clientId: `connections-${process.pid}-${lastClient}`,
      protocolVersion: 5,
      cleanStart: true,
      keepAliveSeconds: 30,
      subscriptions: [{ topicFilter: '#', qos: 1 }],
      readOnly: false,
      whileOffline: 'refuse',
      ...others,
    };
  }

  async connect(params: RemoteBrokerParams): Promise<ConnectionId> {
    const result = await this.remotes.connectBroker(params);
    assert.ok(result.kind === 'connected', JSON.stringify(result));
    assert.deepEqual(result.subscriptionProblems, []);
    return result.connection;
  }

  broker(profileId = 'one'): RemoteBroker | undefined {
    return this.remotes.remoteBrokers().find((broker) => broker.profileId === profileId);
  }

  /** When it is so, or an event says that it has become so. */
  async until(isSo: (broker: RemoteBroker) => boolean, profileId = 'one'): Promise<void> {
    const found = this.broker(profileId);
    if (found !== undefined && isSo(found)) return;
    await new Promise<void>((resolve) => {
      const watch = (brokers: readonly RemoteBroker[]): void => {
        const broker = brokers.find((each) => each.profileId === profileId);
        if (broker === undefined || !isSo(broker)) return;
        this.#watchers.delete(watch);
        resolve();
      };
      this.#watchers.add(watch);
    });
  }

  /** Of the newest message on this topic. */
  hasWaited(connection: ConnectionId, topic: string): boolean | undefined {
    const model = this.models.of(connection);
    const logged = model?.topics.find(topic)?.logged;
    return logged && model.log.newestOf(logged)?.hasWaited;
  }

  /** Of messages on this topic, in the tree of the connection. */
  count(connection: ConnectionId, topic: string): number {
    return this.models.of(connection)?.topics.find(topic)?.messageCount ?? 0;
  }
}
