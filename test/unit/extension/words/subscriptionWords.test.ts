import '../../../support/wordsOfExtension.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';

const { describeOptions, explainSubscription } = await import(
  '../../../../src/extension/words/subscriptionWords.ts'
);

const subscription = {
  ...{ topicFilter: 'plant/#', qos: 1 as const, messageCount: 0 },
  ...{ noLocal: true, retainHandling: 2 as const, subscriptionIdentifier: 7 },
};

test('the options of a subscription are in its row and its tooltip', () => {
  assert.deepEqual(describeOptions(subscription, 5), ['QoS 1', 'No Local', 'no retained messages']);
  assert.deepEqual(explainSubscription(subscription, 5), [
    'plant/#',
    'The broker granted QoS 1',
    'No Local',
    'no retained messages',
    'Subscription identifier 7',
  ]);
});

test('of a connection before MQTT 5.0 the row has none of them, and the tooltip says why', () => {
  assert.deepEqual(describeOptions(subscription, 4), ['QoS 1']);
  const notAskedFor = 'not asked for. It came with MQTT 5.0, and this connection is MQTT 3.1.1.';
  assert.deepEqual(explainSubscription(subscription, 4).slice(2), [
    `No Local: ${notAskedFor}`,
    `no retained messages: ${notAskedFor}`,
    `Subscription identifier 7: ${notAskedFor}`,
  ]);
});
