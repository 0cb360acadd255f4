/** Who gets a message, and what: each session one copy, and everybody theirs, whatever happens to the others. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Publication } from '../../../src/broker/publication.ts';
import { handOutTo, handOver, receiversOf } from '../../../src/broker/receivers.ts';
import { type Subscriber, Subscription } from '../../../src/broker/subscription.ts';
import { SubscriptionTree } from '../../../src/broker/subscriptionTree.ts';
import type { QoS } from '../../../src/mqtt/packets.ts';
import { topicMatches } from '../../../src/mqtt/topics.ts';
import { SeededRandom } from '../../support/random.ts';

interface Delivered {
  readonly clientId: string;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly identifiers: readonly number[] | undefined;
  readonly sharedFilter: string | undefined;
}

const bug = new Error('a bug');

/** Subscribers that keep what they are given; the broken ones throw, and leave the tree as a session that ends. */
class Subscribers {
  readonly tree = new SubscriptionTree(() => 0);
  readonly delivered: Delivered[] = [];
  readonly failed: string[] = [];
  readonly broken = new Set<string>();
  readonly #subscriptions = new Map<string, Subscription[]>();
  readonly #subscribers = new Map<string, Subscriber>();

  subscribe(clientId: string, topicFilter: string, options: Partial<Subscription> = {}): Subscription {
    const subscription = new Subscription(this.#subscriberOf(clientId), topicFilter);
    Object.assign(subscription, { qos: 2, ...options });
    this.tree.add(subscription);
    this.#subscriptions.set(clientId, [...(this.#subscriptions.get(clientId) ?? []), subscription]);
    return subscription;
  }

  leave(clientId: string): void {
    for (const subscription of this.#subscriptions.get(clientId) ?? []) this.tree.remove(subscription);
    this.#subscriptions.delete(clientId);
  }

  /** As the router does where several filters match. */
  publish(topic: string, publication: Publication): number {
    const receivers = receiversOf(this.tree.match(topic), publication);
    for (const receiver of receivers) handOver(receiver, publication);
    return receivers.length;
  }

  /** As the router does where one filter matches. */
  handOut(topic: string, publication: Publication): number {
    const [match, ...others] = this.tree.match(topic);
    assert.deepEqual(others, []);
    return handOutTo(match?.plain ?? [], publication);
  }

  #subscriberOf(clientId: string): Subscriber {
    const known = this.#subscribers.get(clientId);
    if (known !== undefined) return known;
    const subscriber: Subscriber = {
      clientId,
      isConnected: true,
      isReady: true,
      deliver: (_, qos, retain, identifiers, sharedFilter) => {
        if (this.broken.has(clientId)) throw bug;
        this.delivered.push({ clientId, qos, retain, identifiers, sharedFilter });
      },
      redeliver: () => assert.fail('nothing is kept for another'),
      deliveryFailed: (error) => {
        assert.equal(error, bug);
        this.failed.push(clientId);
        this.leave(clientId);
      },
    };
    this.#subscribers.set(clientId, subscriber);
    return subscriber;
  }
}

function publicationOf(qos: QoS = 2, retain = false, publisher = 'publisher'): Publication {
  return new Publication({ topic: 't', payload: new Uint8Array(0), qos, retain }, publisher, 0);
}

function sorted(names: readonly string[]): string[] {
  return [...names].sort();
}

/** What each of the subscriptions is to get: one copy a session, of the best of those that match. [MQTT-3.3.4-2] */
function expectedOf(
  subscriptions: readonly Subscription[],
  topic: string,
  qos: QoS,
  retain: boolean,
  publisher: string,
): Map<string, Omit<Delivered, 'sharedFilter'>> {
  const expected = new Map<string, Omit<Delivered, 'sharedFilter'>>();
  for (const subscription of subscriptions) {
    const { clientId } = subscription.subscriber;
    if (!topicMatches(subscription.topicFilter, topic)) continue;
    if (subscription.noLocal && clientId === publisher) continue;
    const before = expected.get(clientId);
    const granted = Math.min(subscription.qos, qos) as QoS; // both are
    const identifiers = [...(before?.identifiers ?? []), ...(subscription.identifiers ?? [])];
    expected.set(clientId, {
      clientId,
      qos: Math.max(granted, before?.qos ?? 0) as QoS, // both are
      retain: (retain && subscription.retainAsPublished) || before?.retain === true,
      identifiers: identifiers.length === 0 ? undefined : identifiers.sort((a, b) => a - b),
    });
  }
  return expected;
}

test('[MQTT-3.3.4-2] overlapping subscriptions make one copy, among few sessions and among many', () => {
  const filters = ['a/b', 'a/+', '+/b', 'a/#', '#', '+/+', 'a/b/#', 'x'];
  for (let seed = 1; seed <= 200; seed++) {
    const random = new SeededRandom(seed);
    const all = new Subscribers();
    const sessions = random.pick([1, 2, 7, 8, 9, 10, 30]);
    const subscriptions: Subscription[] = [];
    for (const topicFilter of filters) {
      for (let i = 0; i < sessions; i++) {
        if (random.boolean()) continue;
        subscriptions.push(
          all.subscribe(`client ${i}`, topicFilter, {
            qos: random.integer(0, 2) as QoS,
            noLocal: random.boolean(),
            retainAsPublished: random.boolean(),
            identifiers: random.boolean() ? [random.integer(1, 500)] : undefined,
          }),
        );
      }
    }
    const qos = random.integer(0, 2) as QoS;
    const retain = random.boolean();
    const publisher = 'client 0';
    const identifiersBefore = subscriptions.map(({ identifiers }) => identifiers?.join());
    const count = all.publish('a/b', publicationOf(qos, retain, publisher));
    const expected = expectedOf(subscriptions, 'a/b', qos, retain, publisher);
    assert.equal(count, expected.size, `seed ${seed}`);
    assert.equal(all.delivered.length, expected.size);
    for (const { sharedFilter, identifiers, ...rest } of all.delivered) {
      assert.equal(sharedFilter, undefined);
      const found = { ...rest, identifiers: identifiers && [...identifiers].sort((a, b) => a - b) };
      assert.deepEqual(found, expected.get(rest.clientId), `seed ${seed}`);
    }
    // Those of a subscription are its own: what is gathered for one message is not added to them.
    assert.deepEqual(
      subscriptions.map(({ identifiers }) => identifiers?.join()),
      identifiersBefore,
    );
  }
});

test('a shared subscription gives a message of its own, beside the plain ones of the same session', () => {
  const all = new Subscribers();
  for (let i = 0; i < 12; i++) all.subscribe(`client ${i}`, 't', { qos: 1, identifiers: [1] });
  all.subscribe('client 3', '$share/g/t', { qos: 2, identifiers: [2] });
  assert.equal(all.publish('t', publicationOf()), 13);
  const toThird = all.delivered.filter(({ clientId }) => clientId === 'client 3');
  assert.deepEqual(
    toThird.map(({ qos, identifiers, sharedFilter }) => [qos, identifiers, sharedFilter]),
    [
      [1, [1], undefined],
      [2, [2], '$share/g/t'],
    ],
  );
});

test('where one filter matches, each of its subscribers gets what was granted', () => {
  for (const qos of [0, 1, 2] as const) {
    for (const retain of [false, true]) {
      const all = new Subscribers();
      const subscriptions = ([0, 1, 2] as const).flatMap((granted) =>
        [false, true].map((retainAsPublished) =>
          all.subscribe(`client ${granted} ${retainAsPublished}`, 't', {
            qos: granted,
            retainAsPublished,
            identifiers: granted === 1 ? [7] : undefined,
          }),
        ),
      );
      assert.equal(all.handOut('t', publicationOf(qos, retain)), 6);
      const expected = expectedOf(subscriptions, 't', qos, retain, 'publisher');
      for (const { sharedFilter, ...rest } of all.delivered) {
        assert.equal(sharedFilter, undefined);
        assert.deepEqual(rest, expected.get(rest.clientId));
      }
    }
  }
});

test('[MQTT-3.8.3-3] with No Local a message does not come back, and does not count as handed on', () => {
  const all = new Subscribers();
  all.subscribe('a', 't', { noLocal: true });
  all.subscribe('b', 't', { noLocal: true });
  all.subscribe('c', 't');
  assert.equal(all.handOut('t', publicationOf(0, false, 'a')), 2);
  assert.deepEqual(sorted(all.delivered.map(({ clientId }) => clientId)), ['b', 'c']);
});

for (const [name, filters] of [
  ['one filter matches', ['t']],
  ['several filters match', ['t', '#']],
] as const) {
  test(`a subscriber that throws, and whose session leaves, keeps no other from its message where ${name}`, () => {
    for (const count of [1, 2, 3, 8, 20]) {
      for (const broken of [[0], [count - 1], [Math.floor(count / 2)], [0, 1], [0, count - 1]]) {
        const all = new Subscribers();
        const names = Array.from({ length: count }, (_, i) => `client ${i}`);
        for (const topicFilter of filters) for (const clientId of names) all.subscribe(clientId, topicFilter);
        for (const i of broken) all.broken.add(`client ${i}`);
        const publication = publicationOf();
        const handed = filters.length === 1 ? all.handOut('t', publication) : all.publish('t', publication);
        assert.equal(handed, count, 'those that failed are of them');
        assert.deepEqual(
          sorted(all.delivered.map(({ clientId }) => clientId)),
          sorted(names.filter((clientId) => !all.broken.has(clientId))),
        );
        assert.deepEqual(sorted(all.failed), sorted(names.filter((clientId) => all.broken.has(clientId))));
      }
    }
  });
}

test('a bug that every subscriber meets ends each of them once, and does not reach the publisher', () => {
  const all = new Subscribers();
  const count = 20_000;
  for (let i = 0; i < count; i++) {
    all.subscribe(`client ${i}`, 't');
    all.broken.add(`client ${i}`);
  }
  assert.equal(all.handOut('t', publicationOf()), count);
  assert.equal(all.failed.length, count);
  assert.equal(new Set(all.failed).size, count);
});
