import '../../../support/wordsOfExtension.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BrokerState } from '../../../../src/contracts/engine.ts';

const { describeStatus } = await import('../../../../src/extension/words/statusWords.ts');

type Connections = Parameters<typeof describeStatus>[1];
const stopped: BrokerState = { kind: 'stopped' };
const notRunning = 'The local broker is not running.';

test('without any broker it is said that none runs', () => {
  const words = describeStatus(stopped, connections(['Gateway', { kind: 'off' }]));
  assert.deepEqual(words, { icon: 'circle-slash', text: 'MQTT: stopped', lines: [notRunning] });
});

test('a broker that one is connected to is named while the local one is stopped, and how many others there are', () => {
  const up = { kind: 'connected', sinceMs: 0 } as const;
  const one = describeStatus(stopped, connections(['Old', { kind: 'disconnected' }], ['Gateway', up]));
  assert.deepEqual(one, {
    icon: 'plug',
    text: 'MQTT: Gateway',
    lines: [notRunning, 'Gateway: connected'],
  });
  const three = describeStatus(stopped, connections(['A', up], ['B', up], ['C', up]));
  assert.equal(three.text, 'MQTT: A and 2 more');
  assert.equal(three.lines.length, 4);
});

test('one that is lost is told as that, and not before one that is connected', () => {
  const lost = { kind: 'waiting', retryAtMs: 0, message: 'gone' } as const;
  const words = describeStatus(stopped, connections(['Gateway', lost]));
  assert.equal(words.text, 'MQTT: Gateway lost');
  assert.match(words.lines[1] ?? '', /^Gateway: lost, tried again at /);
  const both = describeStatus(
    stopped,
    connections(['Gateway', lost], ['Cloud', { kind: 'connected', sinceMs: 0 }]),
  );
  assert.equal(both.text, 'MQTT: Cloud');
});

test('the local broker comes first, and the others are below it', () => {
  const words = describeStatus(
    { kind: 'starting' },
    connections(['Gateway', { kind: 'connected', sinceMs: 0 }]),
  );
  assert.equal(words.text, 'MQTT: starting');
  assert.deepEqual(words.lines, ['The local broker is starting.', 'Gateway: connected']);
});

test('a name is cut, and no more than ten lines tell of connections', () => {
  const up = { kind: 'connected', sinceMs: 0 } as const;
  const many = Array.from({ length: 12 }, (_, i) => [`${'n'.repeat(100)}${i}`, up] as const);
  const { text, lines } = describeStatus(stopped, connections(...many));
  assert.equal(text.length < 50, true, text);
  assert.equal(lines.length, 11);
  assert.equal(lines.at(-1), 'And 3 more');
});

function connections(...named: readonly (readonly [string, Connections[number]['state']])[]): Connections {
  return named.map(([name, state]) => ({ name, state, profile: undefined, broker: undefined }));
}
