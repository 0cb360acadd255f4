import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PlotCsv } from '../../../src/engine/plotCsv.ts';
import type { Points } from '../../../src/model/plotPoints.ts';

function points(...pairs: readonly [timeMs: number, value: number][]): Points {
  return {
    timesMs: new Float64Array(pairs.map(([timeMs]) => timeMs)),
    values: new Float64Array(pairs.map(([, value]) => value)),
  };
}

test('a row for each time, in ISO 8601 UTC, and a column for each line', () => {
  const csv = new PlotCsv([
    { name: 'a', points: points([0, 1.5], [1000, 2]) },
    { name: 'b', points: points([500, -3], [1000, 1e21]) },
  ]);
  assert.equal(
    csv.next(100),
    'time,a,b\r\n' +
      '1970-01-01T00:00:00.000Z,1.5,\r\n' +
      '1970-01-01T00:00:00.500Z,,-3\r\n' +
      '1970-01-01T00:00:01.000Z,2,1e+21\r\n',
  );
  assert.equal(csv.progress, 1);
  assert.equal(csv.next(100), '');
});

test('two points of a line at one time are two rows', () => {
  const csv = new PlotCsv([{ name: 'a', points: points([0, 1], [0, 2]) }]);
  assert.equal(csv.next(9), 'time,a\r\n1970-01-01T00:00:00.000Z,1\r\n1970-01-01T00:00:00.000Z,2\r\n');
});

test('it comes in parts, which say how far it is', () => {
  const csv = new PlotCsv([{ name: 'a', points: points([0, 1], [1, 2], [2, 3], [3, 4]) }]);
  const parts = [csv.next(3)];
  assert.equal(csv.progress, 0.75);
  parts.push(csv.next(3), csv.next(3));
  assert.equal(parts.join('').split('\r\n').length, 6);
  assert.equal(parts[2], '');
});

test('a table without points is its header', () => {
  const csv = new PlotCsv([{ name: 'a', points: points() }]);
  assert.equal(csv.progress, 1);
  assert.equal(csv.next(3), 'time,a\r\n');
});

test('what a device named becomes neither a second column nor a formula', () => {
  const names = ['a,b', 'say "x"', '=1+1', '@x', '\uff1d1', 'plain'];
  const csv = new PlotCsv(names.map((name) => ({ name, points: points() })));
  assert.equal(csv.next(1), `time,"a,b","say ""x""",'=1+1,'@x,'\uff1d1,plain\r\n`);
});
