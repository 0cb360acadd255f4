/**
 * Plays a round against a real broker, over memory and with a clock that the round moves, and checks all the way that the
 * broker meets no bug, keeps its bounds, serves those who do nothing wrong, and has nothing left at the end.
 */
import assert from 'node:assert/strict';
import { Broker } from '../../src/broker/broker.ts';
import type { BrokerObserver, Message } from '../../src/broker/observer.ts';
import { type StoredMessage, storedBytesOf } from '../../src/broker/storedMessage.ts';
import { NODE_BYTES } from '../../src/broker/topicTree.ts';
import type { ConnectPacket } from '../../src/mqtt/packets.ts';
import { payloadFormatProblem } from '../../src/mqtt/payloadFormat.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { MemoryClient, payloadFor } from './memoryClient.ts';
import { MAX_SESSION_EXPIRY_SECONDS, type Round, type Step } from './round.ts';
import { policies, SECRET_TOPIC } from './roundPolicies.ts';
import { RoundStore } from './roundStore.ts';
import { SteadyPair } from './steadyPair.ts';

const STEPS_A_CHECK = 8;
const HALF_A_SECOND_MS = 500;

/** @throws for whatever the broker did wrong. */
export async function playRound(round: Round): Promise<void> {
  const under = new RoundUnderTest(round);
  try {
    await under.connectSteadyPair();
    await under.play(round.steps);
    if (round.store !== 'none') await under.restart();
    await under.end();
    await under.stop();
  } finally {
    under.dispose();
  }
}

export class RoundUnderTest {
  readonly #round: Round;
  readonly #clock = new FakeClock();
  readonly #store: RoundStore;
  #broker: Broker;
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
    this.#store = new RoundStore(round.store);
    this.#broker = this.#createBroker();
  }

  #createBroker(): Broker {
    const { limits, policy, checkPayloadFormat } = this.#round;
    const persistence = this.#store.open();
    let chance = 0;
    return new Broker({
      clock: this.#clock,
      limits,
      policy: policies[policy],
      checkPayloadFormat,
      observer: this.#observer(),
      random: () => (chance = (chance + 0.618) % 1),
      ...(persistence !== undefined && { persistence }),
    });
  }

  async connectSteadyPair(): Promise<void> {
    const { steadyVersions } = this.#round;
    const { maximumQoS } = this.#broker.limits;
    this.#steady = await SteadyPair.connect(() => this.#open(), steadyVersions, maximumQoS, settle);
  }

  async play(steps: readonly Step[]): Promise<void> {
    await this.#exchange();
    for (const [i, step] of steps.entries()) {
      await this.#take(step);
      await settle();
      this.#checkBugs();
      if (i % STEPS_A_CHECK !== 0) continue;
      await this.#store.check(settle);
      this.#checkBounds();
    }
    this.#checkBounds();
    await this.#exchange();
  }

  /** Stops the broker, and begins another with what it stored: nothing more and nothing less is there. */
  async restart(): Promise<void> {
    // Steps leave the clock near whole seconds, and what ends then ends a tick of the timers later.
    this.#clock.advance(HALF_A_SECOND_MS);
    this.#disconnectAll();
    await this.stop();
    assert.equal(this.#clock.pendingTimers, 0, 'timers of a broker that has stopped');
    const before = this.#stored();
    this.#broker = this.#createBroker();
    assert.deepEqual(this.#stored(), before, 'what the store gives back');
    this.#lastConnectionId = 0;
    await this.connectSteadyPair();
    await this.#exchange();
    this.#checkBounds();
  }

  /** Everyone goes, time passes, and nothing is left. */
  async end(): Promise<void> {
    const { counters } = this.#broker;
    this.#broker.setRedirect(undefined);
    this.#disconnectAll();
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
    await this.#store.check(settle);
    this.#checkRetained();
  }

  async stop(): Promise<void> {
    await this.#broker.stop();
    this.#checkBugs();
  }

  /** Whatever came of it. */
  dispose(): void {
    this.#store.dispose();
  }

  #disconnectAll(): void {
    this.#store.setFailure(undefined);
    for (const client of this.#slots) client?.transport.breakOff();
    this.#slots.length = 0;
    this.#steady?.disconnect();
  }

  /** What a restart must not change. */
  #stored() {
    const sessions = [...this.#broker.sessions()].map((info) => ({
      clientId: info.clientId,
      subscriptions: [...info.subscriptions].sort(byTopicFilter),
      sessionExpirySeconds: info.sessionExpirySeconds,
    }));
    const retained = [...this.#broker.retainedMessages()].map(({ topic, payload, qos }) => ({
      topic,
      payload: Buffer.from(payload).toString('hex'),
      qos,
    }));
    return {
      sessions: sessions.sort((a, b) => compare(a.clientId, b.clientId)),
      retained: retained.sort((a, b) => compare(a.topic, b.topic)),
    };
  }

  /** The store must take what the messages leave with others, or the two would rightly be disconnected. */
  async #exchange(): Promise<void> {
    this.#store.setFailure(undefined);
    await settle();
    await this.#steady?.exchange();
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
        this.#broker.publish({ topic, payload: payloadFor(topic, step.bytes), qos, retain });
        break;
      }
      case 'redirect': {
        const { serverReference } = step;
        this.#broker.setRedirect(
          serverReference === undefined ? undefined : { reasonCode: 0x9c, serverReference },
        );
        break;
      }
      case 'storeFails':
        this.#store.setFailure(step.with);
        break;
      case 'exchange':
        await this.#exchange();
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
    const secretTopic = this.#round.policy === 'anonymous' ? undefined : SECRET_TOPIC;
    return new MemoryClient(this.#broker, () => this.#accepted.get(connectionId), secretTopic);
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
      messagePublished: (message, publisher) => this.#check(message, publisher),
      internalError: (error) => void this.#bugs.push(error),
      ...(this.#round.isObserved && packets),
    };
  }

  #check(message: Message, publisher: string | undefined): void {
    if (this.#round.checkPayloadFormat && publisher !== undefined)
      assert.equal(payloadFormatProblem(message.payload, message.properties), undefined);
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
    const retained = [...this.#broker.retainedMessages()];
    // To look at them lets go of those that have expired.
    this.#store.excuse();
    for (const message of retained) {
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

function byTopicFilter(a: { topicFilter: string }, b: { topicFilter: string }): number {
  return compare(a.topicFilter, b.topicFilter);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** Microtasks run dry before the next turn: what was sent has then been handled, answered and read. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
