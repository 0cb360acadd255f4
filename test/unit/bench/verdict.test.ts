import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeFelt } from '../../../bench/report/felt.ts';
import { judge } from '../../../bench/report/verdict.ts';

test('a budget is held when every sample is within it, its bound included', () => {
  assert.equal(judge([1, 2, 3], { atMost: 3 }), 'held');
  assert.equal(judge([3, 4, 5], { atLeast: 3 }), 'held');
  assert.equal(judge([3, 4], { atLeast: 3, atMost: 4 }), 'held');
});

test('a budget is met when the median is within it and a sample is not', () => {
  assert.equal(judge([1, 2, 9], { atMost: 2 }), 'met');
  assert.equal(judge([1, 5, 9], { atLeast: 5 }), 'met');
});

test('a budget is missed when the median is beyond it, however good the other samples are', () => {
  assert.equal(judge([1, 3, 3], { atMost: 2 }), 'missed');
  assert.equal(judge([9, 1, 1], { atLeast: 5 }), 'missed');
});

test('without a sample there is no verdict, and what could not be taken is not judged', () => {
  assert.equal(judge([], { atMost: 1 }), 'unmeasured');
  assert.equal(judge([null, null], { atMost: 1 }), 'unmeasured');
  assert.equal(judge([null, 1], { atMost: 1 }), 'held');
});

test('a figure without a budget is stated, and not judged', () => {
  assert.equal(judgeFelt({ name: 'activation', value: 12, unit: 'ms' }), undefined);
  assert.equal(judgeFelt({ name: 'activation', value: 12, unit: 'ms', budget: 30 }), 'held');
  assert.equal(judgeFelt({ name: 'activation', value: 31, unit: 'ms', budget: 30 }), 'missed');
});
