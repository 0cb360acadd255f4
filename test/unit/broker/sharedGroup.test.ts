import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SharedGroup } from '../../../src/broker/sharedGroup.ts';
import { type Subscriber, Subscription } from '../../../src/broker/subscription.ts';
import type { QoS } from '../../../src/mqtt/packets.ts';

interface Member extends Subscriber {
  isConnected: boolean;
  isReady: boolean;
}

function setUp(count: number, options: { qos?: QoS; start?: number } = {}) {
  const group = new SharedGroup('g', options.start ?? 0);
  const members: Member[] = [];
  const subscriptions: Subscription[] = [];
  for (let i = 0; i < count; i++) {
    const member: Member = {
      clientId: `${i}`,
      isConnected: true,
      isReady: true,
      deliver: () => {},
      redeliver: () => {},
      deliveryFailed: () => {},
    };
    const subscription = new Subscription(member, '$share/g/a');
    subscription.qos = options.qos ?? 1;
    members.push(member);
    subscriptions.push(subscription);
    group.add(subscription);
  }
  const next = (mayWait = true): string | undefined => group.next(mayWait)?.subscriber.clientId;
  return { group, members, subscriptions, next };
}

test('goes round among the members', () => {
  const { next } = setUp(3);
  assert.deepEqual([next(), next(), next(), next(), next()], ['0', '1', '2', '0', '1']);
});

test('starts where the chance says, among all that joined before the first message', () => {
  const { next } = setUp(4, { start: 0.6 });
  assert.deepEqual([next(), next(), next()], ['2', '3', '0']);
});

test('passes over a member whose network does not take more, while another can', () => {
  const { members, next } = setUp(3);
  members[1]!.isReady = false; // of three
  assert.deepEqual([next(), next(), next()], ['0', '2', '0']);
});

test('takes a connected member that is slow when all are', () => {
  const { members, next } = setUp(2);
  for (const member of members) member.isReady = false;
  assert.deepEqual([next(), next(), next()], ['0', '1', '0']);
});

test('leaves QoS 1 and 2 to a stored session when nobody is connected, and QoS 0 to nobody', () => {
  const { members, next } = setUp(2);
  for (const member of members) {
    member.isReady = false;
    member.isConnected = false;
  }
  assert.equal(next(false), undefined);
  assert.deepEqual([next(), next(), next()], ['0', '1', '0']);
});

test('does not leave a message to a stored session that would get it as QoS 0', () => {
  const { members, next } = setUp(1, { qos: 0 });
  members[0]!.isReady = false; // of one
  members[0]!.isConnected = false;
  assert.equal(next(), undefined);
});

test('goes on with the next when a member leaves, before or after its turn', () => {
  const { group, subscriptions, next } = setUp(4);
  assert.deepEqual([next(), next()], ['0', '1']);
  group.remove(subscriptions[0]!); // of four
  assert.equal(next(), '2');
  group.remove(subscriptions[3]!);
  assert.deepEqual([next(), next()], ['1', '2']);
  group.remove(subscriptions[1]!);
  group.remove(subscriptions[2]!);
  assert.equal(next(), undefined);
  assert.equal(group.size, 0);
});
