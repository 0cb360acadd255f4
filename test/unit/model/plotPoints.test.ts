import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PlotPoints, type Points } from '../../../src/model/plotPoints.ts';

/** A point a millisecond, from 0 on. */
function pointsOf(values: readonly number[], maxPoints = 1000): PlotPoints {
  const points = new PlotPoints(maxPoints);
  values.forEach((value, timeMs) => {
    points.add(timeMs, value);
  });
  return points;
}

function all(points: PlotPoints): Points {
  return points.held(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
}

function pairs({ timesMs, values }: Points): [number, number][] {
  return [...timesMs].map((timeMs, i) => [timeMs, values[i] ?? 0]);
}

/** The same numbers each time: neither sorted nor even. */
function noise(count: number): number[] {
  let seed = 12345;
  return Array.from({ length: count }, () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return (seed % 2001) - 1000;
  });
}

test('points come back as they were added, up to the number that is held', () => {
  const points = pointsOf([3, 1, 2], 16);
  assert.deepEqual(pairs(all(points)), [
    [0, 3],
    [1, 1],
    [2, 2],
  ]);
  assert.equal(points.thinnedBeforeMs, undefined);
  const { added, min, max, oldestAtMs, newestAtMs, newestValue } = points;
  assert.deepEqual(
    { added, min, max, oldestAtMs, newestAtMs, newestValue },
    { added: 3, min: 1, max: 3, oldestAtMs: 0, newestAtMs: 2, newestValue: 2 },
  );
});

test('of what is thinned, each bucket keeps its lowest and its highest point, each at its own time', () => {
  for (const count of [17, 40, 100, 1000, 5003]) {
    const values = noise(count);
    const points = pointsOf(values, 64);
    assert.ok(points.count <= 64);
    const heldAt = new Map(pairs(all(points)));
    // What is not thinned is all there.
    const exactFrom = points.thinnedBeforeMs ?? 0;
    for (let at = exactFrom; at < count; at++) assert.equal(heldAt.get(at), values[at], `${count}: ${at}`);
    // Every point that is held is one that was added.
    for (const [at, value] of heldAt) assert.equal(value, values[at]);
    // Before, each bucket's extremes are there.
    for (let start = 0; start < exactFrom; start += points.bucketPoints) {
      const end = Math.min(start + points.bucketPoints, exactFrom);
      const bucket = values.slice(start, end);
      const held = [...heldAt].filter(([at]) => at >= start && at < end).map(([, value]) => value);
      assert.ok(held.length <= 2, `${count}: ${held.length} points in the bucket at ${start}`);
      assert.equal(Math.min(...held), Math.min(...bucket), `${count}: the lowest from ${start}`);
      assert.equal(Math.max(...held), Math.max(...bucket), `${count}: the highest from ${start}`);
    }
  }
});

test('the shape of the whole past stays: a peak among a million points, and something from each tenth', () => {
  const points = new PlotPoints(1000);
  for (let at = 0; at < 1_000_000; at++) points.add(at, at === 123_456 ? 99 : Math.sin(at / 50_000));
  const held = pairs(all(points));
  assert.ok(held.length <= 1000);
  assert.deepEqual(
    held.filter(([, value]) => value === 99),
    [[123_456, 99]],
  );
  for (let tenth = 0; tenth < 10; tenth++)
    assert.ok(held.filter(([at]) => Math.floor(at / 100_000) === tenth).length >= 20, `tenth ${tenth}`);
  const { newestAtMs } = points;
  assert.equal(newestAtMs, 999_999);
});

test('times never go back, whatever the clock does', () => {
  const points = new PlotPoints(16);
  for (const timeMs of [5, 9, 7, 10]) points.add(timeMs, timeMs);
  assert.deepEqual([...all(points).timesMs], [5, 9, 9, 10]);
});

test('a range is drawn with the point before it and the one after', () => {
  const points = pointsOf([0, 1, 2, 3, 4, 5, 6]);
  assert.deepEqual([...points.draw(2.5, 4, 100).timesMs], [2, 3, 4, 5]);
  assert.deepEqual([...points.draw(-10, 0, 100).timesMs], [0, 1]);
  assert.deepEqual([...points.draw(6.5, 9, 100).timesMs], [6]);
  assert.deepEqual([...points.held(2.5, 4).timesMs], [3, 4]);
  assert.deepEqual([...new PlotPoints(16).draw(0, 1, 100).timesMs], []);
});

test('the line breaks where something came that is no number, and not at its start', () => {
  const points = new PlotPoints(16);
  points.breakLine();
  points.add(0, 1);
  points.breakLine();
  points.breakLine();
  points.add(1, 2);
  assert.deepEqual([...points.draw(0, 9, 100).values], [1, Number.NaN, 2]);
  assert.deepEqual([...points.held(0, 9).values], [1, 2]);
});

test('breaks stay in what is thinned', () => {
  const points = new PlotPoints(32);
  for (let at = 0; at < 200; at++) {
    if (at === 10 || at === 150) points.breakLine();
    points.add(at, at);
  }
  const { timesMs, values } = points.draw(0, 200, 1000);
  const breaks = [...timesMs].filter((_, i) => Number.isNaN(values[i]));
  assert.equal(breaks.length, 2);
  breaks.forEach((at, i) => {
    assert.ok(Math.abs(at - (i === 0 ? 10 : 150)) < points.bucketPoints, `a break at ${at}`);
  });
});

test('of more points than may be drawn, each stretch of time has its lowest and highest', () => {
  const values = noise(10_000);
  const points = pointsOf(values, 20_000);
  for (const maxPoints of [16, 100, 333, 4000]) {
    const drawn = points.draw(1000, 8999, maxPoints);
    assert.ok(drawn.timesMs.length <= maxPoints, `${drawn.timesMs.length} of ${maxPoints}`);
    assert.ok(drawn.timesMs.length > maxPoints / 4);
    const inRange = [...drawn.values].filter((_, i) => (drawn.timesMs[i] ?? 0) >= 1000);
    assert.equal(Math.min(...inRange), Math.min(...values.slice(999, 9001)));
    assert.equal(Math.max(...inRange), Math.max(...values.slice(999, 9001)));
    assert.deepEqual(
      [...drawn.timesMs],
      [...drawn.timesMs].sort((a, b) => a - b),
    );
  }
});

test('with breaks in every stretch it is no more either', () => {
  const points = new PlotPoints(20_000);
  noise(10_000).forEach((value, at) => {
    if (at % 3 === 0) points.breakLine();
    points.add(at, value);
  });
  for (const maxPoints of [16, 100, 4000]) {
    const { values } = points.draw(0, 10_000, maxPoints);
    assert.ok(values.length <= maxPoints, `${values.length} of ${maxPoints}`);
    assert.ok([...values].some(Number.isNaN));
  }
});

test('when the range moves on, what stays in it is drawn by the same points', () => {
  const points = pointsOf(noise(10_000), 20_000);
  const before = pairs(points.draw(0, 5000, 200));
  const after = new Map(pairs(points.draw(10, 5010, 200)));
  const inBoth = before.filter(([at]) => at > 100 && at < 4900);
  assert.ok(inBoth.length > 100);
  for (const [at, value] of inBoth) assert.equal(after.get(at), value);
});
