import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkForm } from '../../../../src/webview/publish/check.ts';
import { type FormFields, initialState } from '../../../../src/webview/publish/state.ts';

const check = (fields: Partial<FormFields>) => checkForm({ ...initialState.fields, topic: 'a/b', ...fields });

test('a topic and nothing else can be published', () => {
  assert.equal(check({}).firstProblem, undefined);
});

test('a topic with a wildcard, and none, keep the form from being published [MQTT-3.3.2-2]', () => {
  for (const topic of ['a/+', '#', 'a/b#']) {
    assert.equal(check({ topic }).topic?.kind, 'wildcardInName');
    assert.equal(check({ topic }).firstProblem, 'topic');
  }
  assert.equal(check({ topic: '' }).topic?.kind, 'empty');
});

test('a response topic must have no wildcard either [MQTT-3.3.2-14]', () => {
  assert.equal(check({ responseTopic: 'reply/+' }).firstProblem, 'response-topic');
  assert.equal(check({ responseTopic: 'reply/me' }).firstProblem, undefined);
});

test('what is seldom meant in a topic is a hint, and keeps nothing back', () => {
  const hints = ['/a', 'a/', 'a//b', 'a b/c', '$SYS/x', 'a/b'].map((topic) => {
    const { topicHint, firstProblem } = check({ topic });
    assert.equal(firstProblem, undefined);
    return topicHint;
  });
  assert.deepEqual(hints, ['leadingSlash', 'trailingSlash', 'emptyLevel', 'whiteSpace', 'dollar', undefined]);
});

test('the expiry is a four-byte integer of seconds, or absent', () => {
  for (const messageExpirySeconds of ['', '0', ' 60 ', '4294967295']) {
    assert.equal(check({ messageExpirySeconds }).isExpiryInvalid, false, messageExpirySeconds);
  }
  for (const messageExpirySeconds of ['-1', '1.5', '1e3', '4294967296', '99999999999', 'x']) {
    assert.equal(check({ messageExpirySeconds }).firstProblem, 'message-expiry', messageExpirySeconds);
  }
});

test('correlation data is hex', () => {
  assert.equal(check({ correlationDataHex: '00 2' }).firstProblem, 'correlation-data');
  assert.equal(check({ correlationDataHex: '00 2a' }).firstProblem, undefined);
});

test('strings that MQTT can not carry are refused [MQTT-1.5.4-1] [MQTT-1.5.4-2]', () => {
  assert.equal(check({ contentType: 'a\0b' }).contentType, 'nullCharacter');
  assert.equal(check({ contentType: 'a\ud800' }).contentType, 'illFormed');
  assert.equal(check({ contentType: 'é'.repeat(32_768) }).contentType, 'tooLong');
  assert.equal(check({ contentType: '😀' }).contentType, undefined);
  const { userProperties, firstProblem } = check({ userProperties: [{ key: 7, name: 'fw', value: '\0' }] });
  assert.deepEqual([userProperties.get(7), firstProblem], ['nullCharacter', 'user-properties']);
});

test('a payload that belies its format indicator is told of, and may be published', () => {
  const { isFormatClaimWrong, firstProblem } = check({
    payloadFormatIndicator: '1',
    format: 'hex',
    payloadText: 'ff',
  });
  assert.deepEqual([isFormatClaimWrong, firstProblem], [true, undefined]);
  assert.equal(check({ payloadFormatIndicator: '1', payloadText: 'é' }).isFormatClaimWrong, false);
});
