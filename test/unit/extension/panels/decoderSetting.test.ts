import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import {
  type DecoderLists,
  isChosenFor,
  readDecoderSetting,
  withChoice,
  withoutFilter,
} from '../../../../src/extension/panels/decoderSetting.ts';

const text = { topicFilter: 'log/#', decoder: 'text', encoding: 'gbk' };
const reading = {
  topicFilter: 'meter/+',
  decoder: 'protobuf',
  schemaFile: 'proto/meter.proto',
  messageType: 'acme.Reading',
};
const protobuf = { id: 'protobuf', via: [] } as const;
const hex = { id: 'hex', via: [] } as const;
const project = path.resolve('/project');

function listsOf(workspace: unknown, user?: unknown): DecoderLists {
  return { workspace, user };
}

test('entries that say a topic filter and a decoder are used, others are named by their position', () => {
  const value = [
    text,
    { topicFilter: 'a/#/b', decoder: 'text' },
    null,
    { topicFilter: 'a' },
    { ...text, encoding: 1 },
  ];
  assert.deepEqual(readDecoderSetting(listsOf(undefined, value), true, undefined), {
    choices: [text],
    problems: [{ kind: 'unusable', scope: 'user', positions: [2, 3, 4, 5] }],
  });
  assert.deepEqual(readDecoderSetting(listsOf('text'), true, undefined), { choices: [], problems: [] });
});

test('the lists of workspace and person both hold, the workspace’s first', () => {
  const own = { topicFilter: 'log/#', decoder: 'hex' };
  assert.deepEqual(readDecoderSetting(listsOf([own], [text]), true, undefined).choices, [own, text]);
});

test('a schema file is looked for from the workspace folder', () => {
  const [choice] = readDecoderSetting(listsOf([reading]), true, project).choices;
  assert.equal(choice?.schemaFile, path.resolve(project, 'proto/meter.proto'));
});

test('without a folder a relative schema file is told, and its entry not used', () => {
  assert.deepEqual(readDecoderSetting(listsOf(undefined, [reading, text]), true, undefined), {
    choices: [text],
    problems: [{ kind: 'noFolder', topicFilter: 'meter/+', schemaFile: 'proto/meter.proto' }],
  });
});

test('an untrusted workspace has no say, and no schema of its own read', () => {
  const absolute = { ...reading, schemaFile: path.resolve('/own/meter.proto') };
  const lists = listsOf([{ topicFilter: '#', decoder: 'hex' }], [reading, absolute]);
  assert.deepEqual(readDecoderSetting(lists, false, project), { choices: [absolute], problems: [] });
});

test('a choice takes the place of the one for the same filter, and says what the payload is wrapped in', () => {
  const before = [
    { topicFilter: 'a', decoder: 'text', encoding: 'gbk' },
    { topicFilter: 'b', decoder: 'hex' },
  ];
  const change = withChoice(listsOf(before), true, 'workspace', {
    topicFilter: 'a',
    use: { id: 'json', via: ['gzip'] },
    chosenFor: 'a',
  });
  assert.deepEqual(change, {
    scope: 'workspace',
    entries: [
      { topicFilter: 'a', decoder: 'json', compression: 'gzip' },
      { topicFilter: 'b', decoder: 'hex' },
    ],
  });
});

test('the same decoder for the same filter keeps what it must know, a narrower one has it too', () => {
  const lists = listsOf([{ ...reading, compression: 'none' }]);
  const same = { topicFilter: 'meter/+', use: protobuf, chosenFor: 'meter/+' };
  assert.deepEqual(withChoice(lists, true, 'workspace', same).entries, lists.workspace);
  const narrower = { topicFilter: 'meter/1', use: protobuf, chosenFor: 'meter/+' };
  assert.deepEqual(withChoice(listsOf([reading]), true, 'workspace', narrower).entries, [
    reading,
    { ...reading, topicFilter: 'meter/1' },
  ]);
  const other = { topicFilter: 'meter/1', use: hex, chosenFor: 'meter/+' };
  assert.deepEqual(withChoice(listsOf([reading]), true, 'workspace', other).entries, [
    reading,
    { topicFilter: 'meter/1', decoder: 'hex' },
  ]);
});

test('an entry that names a schema file does not go without a word', () => {
  const instead = { topicFilter: 'meter/+', use: hex, chosenFor: 'meter/+' };
  const lists = listsOf([reading, text]);
  assert.equal(withChoice(lists, true, 'workspace', instead).lostSchemaFile, 'proto/meter.proto');
  assert.deepEqual(withoutFilter(lists, true, 'meter/+'), {
    scope: 'workspace',
    entries: [text],
    lostSchemaFile: 'proto/meter.proto',
  });
  assert.equal(withoutFilter(lists, true, 'log/#')?.lostSchemaFile, undefined);
});

test('the list that has the filter is changed, and no list is copied into another', () => {
  const lists = listsOf(undefined, [text]);
  const same = { topicFilter: 'log/#', use: hex, chosenFor: 'log/#' };
  assert.deepEqual(withChoice(lists, true, 'workspace', same), {
    scope: 'user',
    entries: [{ topicFilter: 'log/#', decoder: 'hex' }],
  });
  const fresh = { topicFilter: 'a', use: hex, chosenFor: undefined };
  assert.deepEqual(withChoice(lists, true, 'workspace', fresh), {
    scope: 'workspace',
    entries: [{ topicFilter: 'a', decoder: 'hex' }],
  });
  assert.equal(withoutFilter(lists, true, 'a'), undefined);
});

test('in an untrusted workspace only the person’s own list is changed', () => {
  const lists = listsOf([{ topicFilter: 'a', decoder: 'hex' }], [text]);
  const choice = { topicFilter: 'a', use: hex, chosenFor: undefined };
  assert.deepEqual(withChoice(lists, false, 'user', choice), {
    scope: 'user',
    entries: [text, { topicFilter: 'a', decoder: 'hex' }],
  });
  assert.equal(withoutFilter(lists, false, 'a'), undefined);
});

test('topics of a filter may have another choice left', () => {
  const setting = readDecoderSetting(listsOf([text]), true, undefined);
  assert.equal(isChosenFor(setting, 'log/+'), true);
  assert.equal(isChosenFor(setting, 'meter/1'), false);
});
