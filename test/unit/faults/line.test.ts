import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Line } from '../../../src/faults/line.ts';
import { FakeClock } from '../../support/fakeClock.ts';

function lineUnderTest() {
  const clock = new FakeClock();
  const left: string[] = [];
  const line = new Line(clock, (bytes) => left.push(Buffer.from(bytes).toString()));
  return { clock, left, line };
}

const text = (value: string): Uint8Array => Buffer.from(value);

test('with nothing set, bytes go straight through', () => {
  const { clock, left, line } = lineUnderTest();
  assert.equal(line.isOpen, true);
  line.push(text('a'));
  assert.deepEqual(left, ['a']);
  assert.equal(clock.pendingTimers, 0);
});

test('what is due waits for what went in before', () => {
  const { clock, left, line } = lineUnderTest();
  line.push(text('late'), 100);
  line.push(text('soon'), 10);
  line.push(text('now'));
  clock.advance(99);
  assert.deepEqual(left, []);
  assert.equal(line.heldBytes, 11);
  clock.advance(1);
  assert.deepEqual(left, ['late', 'soon', 'now']);
  assert.equal(line.heldBytes, 0);
});

test('a cap lets a twentieth of a second through at a time, and no more than it says', () => {
  const { clock, left, line } = lineUnderTest();
  line.set(false, 60);
  line.push(text('abcdefgh'));
  assert.deepEqual(left, ['abc']);
  clock.advance(49);
  assert.deepEqual(left, ['abc']);
  clock.advance(1);
  assert.deepEqual(left, ['abc', 'def']);
  clock.advance(50);
  assert.deepEqual(left, ['abc', 'def', 'gh']);
});

test('a cap of a byte a second lets that byte through', () => {
  const { clock, left, line } = lineUnderTest();
  line.set(false, 1);
  line.push(text('ab'));
  clock.advance(1000);
  assert.deepEqual(left, ['a', 'b']);
});

test('split bytes leave one by one, each in a turn of its own', () => {
  const { clock, left, line } = lineUnderTest();
  line.push(text('abc'), 0, true);
  assert.deepEqual(left, ['a']);
  clock.advance(1);
  assert.deepEqual(left, ['a', 'b']);
  clock.advance(1);
  assert.deepEqual(left, ['a', 'b', 'c']);
});

test('a stalled line keeps everything until it moves again', () => {
  const { left, line } = lineUnderTest();
  line.set(true, Number.POSITIVE_INFINITY);
  line.push(text('a'));
  line.pushEnd(() => left.push('end'));
  assert.deepEqual(left, []);
  line.set(false, Number.POSITIVE_INFINITY);
  assert.deepEqual(left, []);
  line.move();
  assert.deepEqual(left, ['a', 'end']);
});

test('an end comes behind all that went in before', () => {
  const { clock, left, line } = lineUnderTest();
  line.push(text('a'), 50);
  line.pushEnd(() => left.push('end'));
  clock.advance(50);
  assert.deepEqual(left, ['a', 'end']);
});

test('released, everything leaves at once, the rest of a piece too', () => {
  const { clock, left, line } = lineUnderTest();
  line.set(false, 20);
  line.push(text('abc'));
  line.push(text('later'), 1000);
  line.pushEnd(() => left.push('end'));
  line.release();
  assert.deepEqual(left, ['a', 'bc', 'later', 'end']);
  assert.equal(clock.pendingTimers, 0);
});

test('cleared, it holds nothing and waits for nothing', () => {
  const { clock, left, line } = lineUnderTest();
  line.push(text('a'), 10);
  line.clear();
  clock.advance(10);
  assert.deepEqual(left, []);
  assert.equal(line.heldBytes, 0);
});
