import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogEntry } from '../../../src/contracts/engine.ts';
import { LogFeed } from '../../../src/engine/logFeed.ts';
import { FakeClock } from '../../support/fakeClock.ts';

function setUp() {
  const clock = new FakeClock();
  const sent: LogEntry[][] = [];
  const log = new LogFeed(clock, (entries) => sent.push([...entries]));
  const messages = () => sent.flat().map((entry) => entry.message);
  return { clock, log, sent, messages };
}

test('lines carry their level and time, and travel in batches in their order', () => {
  const { clock, log, sent } = setUp();
  log.write('a', 'info', () => 'first');
  log.write('b', 'warn', () => 'second');
  clock.advance(0);
  const atMs = clock.nowMs();
  assert.deepEqual(sent, [
    [
      { level: 'info', atMs, message: 'first' },
      { level: 'warn', atMs, message: 'second' },
    ],
  ]);
});

test('of a flood of one kind 20 lines a second are sent, and one that says how many more there were', () => {
  const { clock, log, messages } = setUp();
  for (let n = 1; n <= 5000; n++) log.write('connected', 'info', () => `client ${n} connected`);
  log.write('other', 'warn', () => 'something else');
  clock.advance(2000);
  assert.equal(messages().length, 22);
  assert.equal(messages()[19], 'client 20 connected');
  assert.equal(messages()[20], 'something else');
  assert.equal(messages()[21], '… 4980 more like this: client 20 connected');
});

test('lines that are left out are not worded', () => {
  const { log } = setUp();
  let worded = 0;
  for (let n = 0; n < 1000; n++) {
    log.write('a', 'info', () => {
      worded++;
      return 'a line';
    });
  }
  assert.equal(worded, 20);
});

test('the next second starts afresh', () => {
  const { clock, log, messages } = setUp();
  for (let n = 0; n < 25; n++) log.write('a', 'info', () => 'a line');
  clock.advance(1000);
  log.write('a', 'info', () => 'a later line');
  clock.advance(1000);
  assert.equal(messages().length, 22);
  assert.equal(messages().at(-1), 'a later line');
});

test('however many lines come, there are at most ten events a second', () => {
  const { clock, log, sent } = setUp();
  for (let ms = 0; ms < 950; ms++) {
    log.write(`kind ${ms}`, 'info', () => 'a line');
    clock.advance(1);
  }
  assert.equal(sent.length, 10);
});

test('a quiet log runs no timer and sends nothing', () => {
  const { clock, log, sent } = setUp();
  log.write('a', 'info', () => 'a line');
  clock.advance(10_000);
  assert.equal(sent.length, 1);
  assert.equal(clock.pendingTimers, 0);
});

test('a line is one line, whatever a device or a system wrote into it', () => {
  const { clock, log, messages } = setUp();
  for (let n = 0; n < 21; n++) log.write('a', 'warn', () => 'a store: \u001b[2Jgone\nfake');
  clock.advance(1000);
  assert.equal(messages()[0], 'a store: \\u001b[2Jgone\\u000afake');
  assert.equal(messages()[20], '… 1 more like this: a store: \\u001b[2Jgone\\u000afake');
});
