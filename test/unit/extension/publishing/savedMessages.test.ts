import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PublishDraft } from '../../../../src/contracts/publishForm.ts';
import {
  readSavedFile,
  secretsOf,
  withoutSaved,
  withSaved,
} from '../../../../src/extension/publishing/savedMessages.ts';

const draft: PublishDraft = {
  connectionName: 'Gateway',
  topic: 'plant/setpoint',
  qos: 1,
  retain: true,
  format: 'json',
  payloadText: '{\n  "t": 21\n}',
  properties: {
    contentType: 'application/json',
    correlationDataHex: '00 2a',
    userProperties: [['fw', '2.4']],
  },
  isVerbatim: true,
};
const plain: PublishDraft = {
  topic: 'a',
  qos: 0,
  retain: false,
  format: 'text',
  payloadText: 'x',
  properties: {},
};

test('a message comes back out of the file as it was saved', () => {
  const first = withSaved(undefined, { name: 'Set point', draft });
  const text = withSaved(first, { name: 'Plain', draft: plain });
  assert.deepEqual(readSavedFile(text ?? ''), {
    messages: [
      { name: 'Set point', draft },
      { name: 'Plain', draft: plain },
    ],
    faults: [],
  });
});

test('lines of a payload are lines of the file, and what is as usual is left out', () => {
  const text = withSaved(undefined, { name: 'n', draft: { ...plain, payloadText: 'one\ntwo' } }) ?? '';
  assert.deepEqual(JSON.parse(text), {
    messages: [{ name: 'n', topic: 'a', format: 'text', payload: ['one', 'two'] }],
  });
});

test('what else is in the file stays: fields of its own, and entries that can’t be read', () => {
  const file = JSON.stringify({
    note: 'ours',
    messages: [
      { name: 'odd', qos: 7 },
      { name: 'n', topic: 'old' },
    ],
  });
  const saved = JSON.parse(withSaved(file, { name: 'n', draft: plain }) ?? '');
  assert.equal(saved.note, 'ours');
  assert.deepEqual(
    saved.messages.map(({ name, topic }: { name: string; topic?: string }) => [name, topic]),
    [
      ['odd', undefined],
      ['n', 'a'],
    ],
  );
  assert.deepEqual(JSON.parse(withoutSaved(file, 'n') ?? '').messages, [{ name: 'odd', qos: 7 }]);
});

test('a file that is no list of messages is not written over', () => {
  for (const file of ['{', '[]', 'null', '{"messages": 1}']) {
    assert.equal(withSaved(file, { name: 'n', draft: plain }), undefined);
    assert.equal(readSavedFile(file).faults.length, 1);
  }
});

test('each field of a message is looked at, and the message that has a wrong one is named with it', () => {
  const right = { name: 'n', topic: 'a' };
  const faulty: [Record<string, unknown> | string, string][] = [
    ['no object', ''],
    [{ ...right, name: '' }, 'name'],
    [{ ...right, topic: 1 }, 'topic'],
    [{ ...right, qos: 3 }, 'qos'],
    [{ ...right, retain: 'yes' }, 'retain'],
    [{ ...right, format: 'yaml' }, 'format'],
    [{ ...right, payload: [1] }, 'payload'],
    [{ ...right, placeholders: 0 }, 'placeholders'],
    [{ ...right, connection: 1 }, 'connection'],
    [{ ...right, properties: [] }, 'properties'],
    [{ ...right, properties: { userProperties: [['a']] } }, 'properties.userProperties'],
    [{ ...right, properties: { messageExpiryInterval: -1 } }, 'properties.messageExpiryInterval'],
    [{ ...right, properties: { payloadFormatIndicator: 2 } }, 'properties.payloadFormatIndicator'],
    [{ ...right, properties: { contentType: 1 } }, 'properties.contentType'],
  ];
  for (const [entry, field] of faulty) {
    const { messages, faults } = readSavedFile(JSON.stringify({ messages: [entry] }));
    assert.deepEqual([messages, faults.map((fault) => fault.field)], [[], [field]], JSON.stringify(entry));
  }
  const twice = readSavedFile(JSON.stringify({ messages: [right, right] }));
  assert.deepEqual(twice.faults, [{ message: 'n', field: 'name' }]);
});

test('user properties that may be secrets are not written', () => {
  const userProperties = [
    ['fw', '2.4'],
    ['X-Api-Key', 'f00d'],
    ['access_token', 'f00d'],
    ['Authorization', 'Bearer f00d'],
  ] as const;
  const secret = { ...plain, properties: { userProperties } };
  const text = withSaved(undefined, { name: 'n', draft: secret }) ?? '';
  assert.ok(!text.includes('f00d'));
  assert.deepEqual(JSON.parse(text).messages[0].properties, { userProperties: [['fw', '2.4']] });
  assert.deepEqual(secretsOf(secret), ['X-Api-Key', 'access_token', 'Authorization']);
});
