/**
 * Plays a round against a real broker, over memory and with a clock that the round moves, and checks all the way that the
 * broker meets no bug, keeps its bounds, serves those who do nothing wrong, and has nothing left at the end.
 */
import assert from 'node:assert/strict';
import { anonymousPolicy } from '../../src/broker/access/anonymousPolicy.ts';
import type { AccessPolicy, AuthenticationResult, ConnectAttempt } from '../../src/broker/accessPolicy.ts';
import { Broker } from '../../src/broker/broker.ts';
import type { BrokerObserver, Message } from '../../src/broker/observer.ts';
import { type StoredMessage, storedBytesOf } from '../../src/broker/storedMessage.ts';
import { NODE_BYTES } from '../../src/broker/topicTree.ts';
import type { ConnectPacket } from '../../src/mqtt/packets.ts';
import { MemoryPersistence } from '../../src/persistence/memoryPersistence.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { MemoryClient } from './memoryClient.ts';
import { MAX_SESSION_EXPIRY_SECONDS, type Round, type Step } from './round.ts';
import { SteadyPair } from './steadyPair.ts';

const STEPS_A_CHECK = 8;

/** @throws for whatever the broker did wrong. */
export async function playRound(round: Round): Promise<void> {
  const under = new RoundUnderTest(round);
  await under.connectSteadyPair();
  await under.play(round.steps);
  await under.end();
  await under.stop();
}

export class RoundUnderTest {
  readonly #round: Round;
  readonly #clock = new FakeClock();
  readonly #broker: Broker;
  readonly #persistence: MemoryPersistence | undefined;
  readonly #slots: (MemoryClient | undefined)[] = [];
  /** By connection. */
  readonly #accepted = new Map<number, ConnectPacket>();
  #lastConnectionId = 0;
  readonly #bugs: unknown[] = [];
  /** Bytes of the largest message that came: one always fits, whatever the bounds. */
  #largestMessage = 0;
  #steady: SteadyPair | undefined;

  constructor(round: Round) {
    this.#round = round;
    this.#persistence = round.isPersistent ? new MemoryPersistence() : undefined;
    let chance = 0;
    this.#broker = new Broker({
      clock: this.#clock,
      limits: round.limits,
      policy: policies[round.policy],
      observer: this.#observer(),
      random: () => (chance = (chance + 0.618) % 1),
      ...(this.#persistence !== undefined && { persistence: this.#persistence }),
    });
  }

  async connectSteadyPair(): Promise<void> {
    const { steadyVersions } = this.#round;
    const { maximumQoS } = this.#broker.limits;
    this.#steady = await SteadyPair.connect(() => this.#open(), steadyVersions, maximumQoS, settle);
  }

  async play(steps: readonly Step[]): Promise<void> {
    await this.#steady?.exchange();
    for (const [i, step] of steps.entries()) {
      await this.#take(step);
      await settle();
      this.#checkBugs();
      if (i % STEPS_A_CHECK === 0) this.#checkBounds();
    }
    this.#checkBounds();
    await this.#steady?.exchange();
  }

  /** Everyone goes, time passes, and nothing is left. */
  async end(): Promise<void> {
    const { counters } = this.#broker;
    for (const client of this.#slots) client?.transport.breakOff();
    this.#steady?.disconnect();
    await settle();
    assert.equal(counters.connections, 0, 'connections when all are closed');
    this.#clock.advance(MAX_SESSION_EXPIRY_SECONDS * 1000 + 1000);
    await settle();
    this.#checkBugs();
    const { sessions, subscriptions, queuedMessages, queuedBytes } = counters;
    assert.deepEqual(
      { sessions, subscriptions, queuedMessages, queuedBytes, timers: this.#clock.pendingTimers },
      { sessions: 0, subscriptions: 0, queuedMessages: 0, queuedBytes: 0, timers: 0 },
      'what is left when every session has expired',
    );
    this.#checkRetained();
    if (this.#persistence !== undefined)
      assert.deepEqual(this.#persistence.load().sessions, [], 'sessions in the store');
  }

  async stop(): Promise<void> {
    await this.#broker.stop();
    this.#checkBugs();
  }

  async #take(step: Step): Promise<void> {
    switch (step.kind) {
      case 'open':
        this.#slots[step.slot]?.transport.breakOff();
        this.#slots[step.slot] = this.#open();
        break;
      case 'send':
        await this.#send(step);
        break;
      case 'acknowledge':
        this.#slots[step.slot]?.acknowledge();
        break;
      case 'stopReading':
        this.#slots[step.slot]?.transport.stall();
        break;
      case 'readOn':
        this.#slots[step.slot]?.transport.unstall();
        break;
      case 'breakOff':
        this.#slots[step.slot]?.transport.breakOff();
        break;
      case 'wait':
        this.#clock.advance(step.ms);
        break;
      case 'disconnectClient':
        this.#broker.disconnectClient(step.clientId, 0x98, 'The owner asked for it.');
        break;
      case 'publish': {
        const { topic, qos, retain } = step;
        this.#broker.publish({ topic, payload: Buffer.alloc(step.bytes), qos, retain });
        break;
      }
      case 'exchange':
        await this.#steady?.exchange();
    }
  }

  async #send({ slot, bytes, splits }: Extract<Step, { kind: 'send' }>): Promise<void> {
    let start = 0;
    for (const split of [...splits, bytes.length]) {
      if (start > 0) await settle();
      this.#slots[slot]?.sendBytes(bytes.subarray(start, split));
      start = split;
    }
  }

  #open(): MemoryClient {
    const connectionId = ++this.#lastConnectionId;
    return new MemoryClient(this.#broker, () => this.#accepted.get(connectionId));
  }

  #observer(): BrokerObserver {
    const packets = { packetReceived: () => {}, packetSent: () => {} };
    return {
      connectionOpened: ({ connectionId }) => assert.equal(connectionId, this.#lastConnectionId),
      clientConnected: ({ connectionId }, _, connect) => void this.#accepted.set(connectionId, connect),
      connectionClosed: ({ connectionId }, _, cause) => {
        this.#accepted.delete(connectionId);
        if (cause.kind === 'internalError') this.#bugs.push(cause.error);
      },
      messagePublished: (message) => this.#noteSize(message),
      internalError: (error) => void this.#bugs.push(error),
      ...(this.#round.isObserved && packets),
    };
  }

  #noteSize(message: Message): void {
    this.#largestMessage = Math.max(this.#largestMessage, storedBytesOf(message));
  }

  #checkBugs(): void {
    if (this.#bugs.length > 0) throw this.#bugs[0];
    assert.equal(this.#broker.counters.internalErrors, 0);
    for (const client of this.#slots) client?.check();
  }

  #checkBounds(): void {
    const { limits, counters } = this.#broker;
    this.#steady?.check();
    this.#checkRetained();
    let messages = 0;
    let subscriptions = 0;
    let sessions = 0;
    for (const info of this.#broker.sessions()) {
      sessions++;
      messages += info.queuedMessages + info.inflightMessages;
      subscriptions += info.subscriptions.length;
      assert.ok(info.subscriptions.length <= limits.maxSubscriptions, 'subscriptions of a session');
      assert.ok(info.inflightMessages <= limits.maxInflight, 'messages in flight to a session');
      assert.ok(
        info.queuedMessages <= limits.maxQueuedMessages + limits.maxRetainedMessages + 1,
        'messages in the queue of a session',
      );
      // One message always fits; so does one that is replayed because it was retained.
      const mostBytes = limits.maxQueuedBytes + limits.maxRetainedBytes + 2 * this.#largestMessage;
      assert.ok(info.queuedBytes <= mostBytes, `${info.queuedBytes} bytes are held for a session`);
    }
    assert.equal(counters.sessions, sessions);
    assert.equal(counters.subscriptions, subscriptions);
    assert.ok(counters.sessions <= limits.maxSessions);
    assert.ok(counters.queuedMessages <= messages, 'replays aside, what is counted is what sessions hold');
    assert.ok(counters.queuedBytes <= limits.maxTotalQueuedBytes + sessions * this.#largestMessage);
  }

  #checkRetained(): void {
    const { limits, counters } = this.#broker;
    let messages = 0;
    let bytes = 0;
    const nodes = new Set<string>();
    for (const message of this.#broker.retainedMessages()) {
      messages++;
      bytes += (message as StoredMessage).storedBytes; // the store keeps nothing else
      const levels = message.topic.split('/');
      for (let i = 1; i <= levels.length; i++) nodes.add(levels.slice(0, i).join('/'));
    }
    bytes += nodes.size * NODE_BYTES;
    assert.deepEqual([counters.retainedMessages, counters.retainedBytes], [messages, bytes]);
    assert.ok(messages <= limits.maxRetainedMessages, `${messages} messages are retained`);
    assert.ok(bytes <= limits.maxRetainedBytes, `${bytes} bytes are retained of ${limits.maxRetainedBytes}`);
  }
}

/** Microtasks run dry before the next turn: what was sent has then been handled, answered and read. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

const strictPolicy: AccessPolicy = {
  ...anonymousPolicy,
  authenticate: answerStrictly,
  mayPublish: (_, topic) => !topic.startsWith('denied/'),
  mayReceive: (_, topic) => topic !== 't/u/v',
  maySubscribe: (_, topicFilter) => !topicFilter.includes('denied/'),
};

const policies: Readonly<Record<Round['policy'], AccessPolicy>> = {
  anonymous: anonymousPolicy,
  strict: strictPolicy,
  slow: { ...strictPolicy, authenticate: async (attempt) => answerStrictly(attempt) },
};

function answerStrictly({ clientId }: ConnectAttempt): AuthenticationResult {
  if (clientId !== 'c') return { kind: 'accepted', username: 'someone' };
  return { kind: 'refused', reasonCode: 0x87, message: 'This one is not welcome.' };
}
