import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  fillPlaceholders,
  hasPlaceholders,
  type PlaceholderValues,
  placeholdersIn,
  withStandIns,
} from '../../../src/base/placeholders.ts';

const at = (share: number): PlaceholderValues => ({
  nowMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  counter: 7,
  random: () => share,
  uuid: () => '00000000-0000-4000-8000-000000000000',
});
const filled = (text: string, share = 0): string => fillPlaceholders(text, at(share));

test('each placeholder is filled in, as often as it is there', () => {
  assert.equal(filled('{{counter}}/{{counter}}'), '7/7');
  assert.equal(filled('{{time}}'), '2026-01-02T03:04:05.678Z');
  assert.equal(filled('{{timestamp}}'), '1767323045678');
  assert.equal(filled('id-{{uuid}}'), 'id-00000000-0000-4000-8000-000000000000');
});

test('random numbers have both ends of their range, and the decimals that it is written with', () => {
  const almostOne = 1 - Number.EPSILON / 2;
  assert.deepEqual([filled('{{random}}'), filled('{{random}}', almostOne)], ['0', '99']);
  assert.deepEqual([filled('{{random 20 25}}'), filled('{{random 20 25}}', almostOne)], ['20', '25']);
  assert.deepEqual(
    [filled('{{random -1 1.50}}'), filled('{{random -1 1.50}}', almostOne)],
    ['-1.00', '1.50'],
  );
  assert.equal(filled('{{random 25 20}}'), '20', 'the wrong way round is a range all the same');
});

test('what the receiver may mean by double braces is left alone', () => {
  for (const text of ['{{ value_json.t }}', '{{time }}', '{{Counter}}', '{{random 1}}', '{time}', '{{}}']) {
    assert.equal(filled(text), text);
    assert.equal(hasPlaceholders(text), false);
  }
});

test('those in a text are known, each once', () => {
  assert.deepEqual(placeholdersIn('{{time}} {{random 1 2}} {{time}}'), ['{{time}}', '{{random 1 2}}']);
});

test('stand-ins have the length of the placeholder, so that a fault keeps its place', () => {
  const text = '{"n": {{counter}}, "t": "{{time}}"}';
  assert.equal(withStandIns(text), '{"n": 11111111111, "t": "xxxxxxxx"}');
});
