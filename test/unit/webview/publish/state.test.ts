import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PublishDraft, PublishTarget } from '../../../../src/contracts/publishForm.ts';
import {
  canCarryProperties,
  canPublishTo,
  draftOf,
  type FormAction,
  type FormState,
  initialState,
  propertyCount,
  readRepeat,
  reduce,
} from '../../../../src/webview/publish/state.ts';

const after = (...actions: FormAction[]): FormState => actions.reduce(reduce, initialState);

const draft: PublishDraft = {
  topic: 'plant/boiler/setpoint',
  qos: 1,
  retain: true,
  format: 'json',
  payloadText: '{"setpoint":21.5}',
  properties: {
    contentType: 'application/json',
    responseTopic: 'plant/boiler/reply',
    correlationDataHex: '00 2a',
    messageExpiryInterval: 3600,
    payloadFormatIndicator: 0,
    userProperties: [
      ['fw', '2.4.1'],
      ['fw', 'again'],
    ],
  },
};

const received = (message: (FormAction & { kind: 'received' })['message']): FormAction => ({
  kind: 'received',
  message,
});
const local: PublishTarget = {
  connectionName: '',
  state: 'ready',
  protocolVersion: 5,
  isReadOnly: false,
  asksFirst: false,
};
const gateway: PublishTarget = { ...local, connectionName: 'Gateway', protocolVersion: 4 };
const init = received({ kind: 'init', draft, target: local });

test('a draft comes back out as it came in', () => {
  assert.deepEqual(draftOf(after(init).fields), draft);
});

test('an empty form has no properties at all', () => {
  assert.deepEqual(draftOf(initialState.fields).properties, {});
  assert.equal(propertyCount(initialState.fields), 0);
});

test('properties are unfolded when the draft has some, and counted with each user property', () => {
  const state = after(init);
  assert.equal(state.arePropertiesOpen, true);
  assert.equal(propertyCount(state.fields), 7);
});

test('an expiry that makes no sense is not remembered, and stays in its field', () => {
  const { fields } = after(init, { kind: 'changed', fields: { messageExpirySeconds: '12x' } });
  assert.equal(fields.messageExpirySeconds, '12x');
  assert.equal(draftOf(fields).properties.messageExpiryInterval, undefined);
});

test('choosing a format writes the same payload in it', () => {
  const { fields } = after(
    { kind: 'changed', fields: { payloadText: 'Hi' } },
    { kind: 'formatChosen', format: 'hex' },
  );
  assert.deepEqual([fields.format, fields.payloadText], ['hex', '48 69']);
});

test('user properties keep their order and their keys while others are removed', () => {
  const state = after(init, { kind: 'userPropertyAdded' });
  const [first, second, third] = state.fields.userProperties;
  assert.ok(first && second && third);
  const changed = [
    { kind: 'userPropertyChanged', key: third.key, fields: { name: 'trace' } },
    { kind: 'userPropertyChanged', key: third.key, fields: { value: '1' } },
    { kind: 'userPropertyRemoved', key: first.key },
  ] as const satisfies FormAction[];
  const { fields } = changed.reduce(reduce, state);
  assert.deepEqual(
    fields.userProperties.map(({ key }) => key),
    [second.key, third.key],
  );
  assert.deepEqual(draftOf(fields).properties.userProperties, [
    ['fw', 'again'],
    ['trace', '1'],
  ]);
});

test('a user property that was never filled in is not sent; one with a name or a value alone is', () => {
  const state = after({ kind: 'userPropertyAdded' });
  assert.equal(draftOf(state.fields).properties.userProperties, undefined);
  const key = state.fields.userProperties[0]?.key ?? 0;
  const { fields } = reduce(state, { kind: 'userPropertyChanged', key, fields: { value: 'x' } });
  assert.deepEqual(draftOf(fields).properties.userProperties, [['', 'x']]);
});

test('the outcome ends the publishing, and so does a broker that stops', () => {
  const sent = after(init, { kind: 'publishSent' });
  assert.equal(sent.isPublishing, true);
  const done = reduce(sent, received({ kind: 'outcome', ok: true, message: 'Published' }));
  assert.deepEqual([done.isPublishing, done.outcome], [false, { ok: true, message: 'Published' }]);
  const stopped = reduce(sent, received({ kind: 'target', target: { ...local, state: 'off' } }));
  assert.deepEqual([stopped.isPublishing, stopped.target.state], [false, 'off']);
});

test('another target takes the draft with it, and not the outcome at the one before', () => {
  const published = after(init, received({ kind: 'outcome', ok: true, message: 'Published' }));
  const moved = reduce(published, received({ kind: 'target', target: gateway }));
  assert.deepEqual(draftOf(moved.fields), { ...draft, connectionName: 'Gateway' });
  assert.equal(moved.outcome, undefined);
  const back = reduce(moved, received({ kind: 'target', target: local }));
  assert.deepEqual(draftOf(back.fields), draft);
});

test('the target that is shown is the one that is published to, whatever the draft was for', () => {
  const state = after(
    received({ kind: 'init', draft: { ...draft, connectionName: 'Other' }, target: gateway }),
  );
  assert.equal(draftOf(state.fields).connectionName, 'Gateway');
});

test('nothing is published to what is read-only or not connected, and 3.1.1 carries no properties', () => {
  assert.equal(canPublishTo(gateway), true);
  assert.equal(canPublishTo({ ...gateway, isReadOnly: true }), false);
  assert.equal(canPublishTo({ ...gateway, state: 'off' }), false);
  assert.equal(canPublishTo({ ...gateway, state: 'queues' }), true, 'it waits');
  assert.deepEqual([canCarryProperties(local), canCarryProperties(gateway)], [true, false]);
});

const refused = (part: 'properties' | undefined): FormAction => ({ kind: 'publishRefused', part });

test('what is missing is said once the person has tried to publish', () => {
  assert.equal(after(init).hasTried, false);
  assert.equal(after(init, refused(undefined)).hasTried, true);
  assert.equal(after(init, refused(undefined), init).hasTried, false);
});

test('a mistake in the properties unfolds them, and every refusal is counted', () => {
  assert.equal(after(refused(undefined)).arePropertiesOpen, false);
  const state = after(refused('properties'), refused('properties'));
  assert.deepEqual([state.arePropertiesOpen, state.refusalCount], [true, 2]);
});

test('what was typed to repeat is remembered, and comes back', () => {
  const fields = { repeatEveryMs: ' 250 ', repeatTimes: '3', isVerbatim: true };
  const typed = after(init, { kind: 'changed', fields });
  const remembered = draftOf(typed.fields);
  assert.deepEqual([remembered.repeat, remembered.isVerbatim], [{ everyMs: 250, times: 3 }, true]);
  const back = after(received({ kind: 'init', draft: remembered, target: local }));
  assert.deepEqual([back.fields.repeatEveryMs, back.fields.repeatTimes], ['250', '3']);
});

test('a repeat has bounds, and no end unless it is given', () => {
  const read = (repeatEveryMs: string, repeatTimes = '') => readRepeat({ repeatEveryMs, repeatTimes });
  assert.deepEqual(read('10'), { everyMs: 10 });
  for (const wrong of ['', '9', '86400001', '1.5', 'x']) assert.equal(read(wrong), 'everyMs');
  for (const wrong of ['0', '1.5', 'x', '-1']) assert.equal(read('1000', wrong), 'times');
});

test('lists, repeats and the answer outlive another draft in the form', () => {
  const lists = { history: [], saved: [] };
  const request = { kind: 'failed', message: 'No answer' } as const;
  const state = after(
    init,
    received({ kind: 'lists', lists }),
    received({ kind: 'requestState', state: request }),
    init,
  );
  assert.equal(state.lists, lists);
  assert.equal(state.request, request);
});

test('a response topic that was made, and a payload that was loaded, are in their fields', () => {
  const made = after(init, received({ kind: 'responseTopic', responseTopic: 'answers/1' }));
  assert.equal(draftOf(made.fields).properties.responseTopic, 'answers/1');
  const loaded = after(init, received({ kind: 'payload', format: 'hex', payloadText: 'CA FE' }));
  assert.deepEqual([loaded.fields.format, loaded.fields.payloadText], ['hex', 'CA FE']);
});

test('while an answer is waited for, the form is free for the next message', () => {
  const sent = after(init, { kind: 'publishSent' });
  const waiting = reduce(
    sent,
    received({ kind: 'requestState', state: { kind: 'waiting', responseTopic: 'answers' } }),
  );
  assert.deepEqual([waiting.isPublishing, waiting.request.kind], [false, 'waiting']);
});
