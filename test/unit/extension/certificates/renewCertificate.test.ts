import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { Emitter } from '../../../../src/base/event.ts';
import type { BrokerState } from '../../../../src/contracts/engine.ts';
import type {
  DevelopmentCa,
  ServerCertificate,
} from '../../../../src/extension/certificates/developmentCa.ts';
import { renewCertificate } from '../../../../src/extension/certificates/renewCertificate.ts';
import type { LocalBroker } from '../../../../src/extension/localBroker.ts';
import { FakeClock } from '../../../support/fakeClock.ts';

const MINUTE_MS = 60_000;

const stopped: BrokerState = { kind: 'stopped' };
const runsWithTls = { kind: 'running', broker: { ownTlsPort: 8883 } } as BrokerState; // all that is looked at

/** Looks that are answered when the test says so. */
class World {
  readonly clock = new FakeClock();
  readonly looks: ((server: ServerCertificate | undefined) => void)[] = [];
  readonly shown: string[] = [];
  readonly #stateChanged = new Emitter<BrokerState>();
  readonly #broker: { state: BrokerState; tlsCertificate: string | undefined };
  readonly watch: { dispose(): void };

  constructor(state: BrokerState) {
    const { clock, looks, shown } = this;
    const broker = {
      state,
      tlsCertificate: 'old',
      onDidChangeState: this.#stateChanged.event,
      setTlsCertificate: async ({ certificate }: { certificate: string }) => {
        shown.push(certificate);
      },
    };
    this.#broker = broker;
    const ca = { server: () => new Promise((resolve) => looks.push(resolve)) };
    this.watch = renewCertificate({
      clock,
      ca: ca as unknown as DevelopmentCa, // all that is asked of it
      broker: broker as Pick<
        LocalBroker,
        'state' | 'onDidChangeState' | 'tlsCertificate' | 'setTlsCertificate'
      >,
      onRenewed: () => undefined,
      onFailed: () => undefined,
    });
  }

  set(state: BrokerState): void {
    this.#broker.state = state;
    this.#stateChanged.fire(state);
  }

  async answer(certificate: string): Promise<void> {
    const answer = this.looks.shift();
    assert.ok(answer);
    answer({ credential: { certificate } } as ServerCertificate); // all that is looked at
    await setImmediate();
  }
}

test('it looks once a minute while the broker has TLS, and shows a certificate that is another', async () => {
  const world = new World(stopped);
  assert.equal(world.clock.pendingTimers, 0);
  world.set(runsWithTls);
  world.clock.advance(MINUTE_MS);
  await world.answer('old');
  world.clock.advance(MINUTE_MS);
  await world.answer('new');
  assert.deepEqual(world.shown, ['new']);
  world.set(stopped);
  assert.equal(world.clock.pendingTimers, 0);
});

test('a broker that is restarted while it looks is looked at once a minute, not twice', async () => {
  const world = new World(runsWithTls);
  world.clock.advance(MINUTE_MS);
  world.set(stopped);
  world.set(runsWithTls);
  await world.answer('old');
  assert.equal(world.clock.pendingTimers, 1);
  world.clock.advance(MINUTE_MS);
  await world.answer('old');
  assert.equal(world.looks.length, 0);
  assert.equal(world.clock.pendingTimers, 1);
});

test('nothing is looked at once it has ended, not by a look that was under way either', async () => {
  const world = new World(runsWithTls);
  world.clock.advance(MINUTE_MS);
  world.watch.dispose();
  await world.answer('old');
  assert.equal(world.clock.pendingTimers, 0);
});
