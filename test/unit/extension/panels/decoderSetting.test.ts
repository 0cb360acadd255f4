import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import {
  readDecoderSetting,
  withChoice,
  withoutFilter,
} from '../../../../src/extension/panels/decoderSetting.ts';

test('entries that say a topic filter and a decoder are used, others are named by their position', () => {
  const good = { topicFilter: 'log/#', decoder: 'text', encoding: 'gbk' };
  const value = [
    good,
    { topicFilter: 'a/#/b', decoder: 'text' },
    null,
    { topicFilter: 'a' },
    { ...good, encoding: 1 },
  ];
  assert.deepEqual(readDecoderSetting(value, undefined), { choices: [good], unusable: [2, 3, 4, 5] });
  assert.deepEqual(readDecoderSetting('text', undefined), { choices: [], unusable: [] });
});

test('a schema file is looked for from the workspace folder', () => {
  const entry = { topicFilter: 'a', decoder: 'protobuf', schemaFile: 'proto/a.proto' };
  const [choice] = readDecoderSetting([entry], path.resolve('/project')).choices;
  assert.equal(choice?.schemaFile, path.resolve('/project/proto/a.proto'));
});

test('a choice takes the place of the one for the same filter, and says what the payload is wrapped in', () => {
  const before = [
    { topicFilter: 'a', decoder: 'text' },
    { topicFilter: 'b', decoder: 'hex' },
  ];
  assert.deepEqual(withChoice(before, 'a', { id: 'cbor', via: [] }), [
    { topicFilter: 'b', decoder: 'hex' },
    { topicFilter: 'a', decoder: 'cbor' },
  ]);
  assert.deepEqual(withChoice(undefined, 'a', { id: 'json', via: ['gzip'] }), [
    { topicFilter: 'a', decoder: 'json', compression: 'gzip' },
  ]);
  assert.deepEqual(withoutFilter(before, 'b'), [{ topicFilter: 'a', decoder: 'text' }]);
});
