import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  messageFileName,
  messageUri,
  parseMessageUri,
} from '../../../../src/extension/editors/messageUri.ts';

const message = { id: 17, receivedAtMs: 1_795_694_584_123, topic: 'plant/line-1/temperature' };

test('a name has the id, the topic and an ending that an editor is chosen by', () => {
  assert.deepEqual(messageUri(message, 'json', 'asItCame'), {
    scheme: 'mqtt',
    authority: 'history',
    path: '/17/plant/line-1/temperature.json',
    query: 'at=1795694584123&form=asItCame',
  });
  const endings = [
    messageFileName('t', 'text', 'asItCame'),
    messageFileName('t', 'binary', 'asItCame'),
    messageFileName('t', 'jpeg', 'asItCame'),
    messageFileName('t', 'json', 'prettyJson'),
    messageFileName('t', 'png', 'hexDump'),
  ];
  assert.deepEqual(endings, ['t.txt', 't.bin', 't.jpg', 't.pretty.json', 't.hex.txt']);
});

test('a name is read back, whatever the topic looks like', () => {
  const topics = ['t', 'x.hex', '/', '../../17', '', 'a?at=1&form=x#y', 'küche/🌡', '%2f/%'];
  for (const topic of topics) {
    for (const form of ['asItCame', 'prettyJson', 'hexDump'] as const) {
      const parts = messageUri({ ...message, topic }, 'json', form);
      assert.deepEqual(parseMessageUri(parts), { id: 17, receivedAtMs: 1_795_694_584_123, form }, topic);
    }
  }
});

test('ids of recordings, and times as a file may have them, are read back', () => {
  const ref = { id: 8000 * 2 ** 40 + 1, receivedAtMs: -1.5 };
  const parts = messageUri({ ...ref, topic: 't' }, 'text', 'hexDump');
  assert.deepEqual(parseMessageUri(parts), { ...ref, form: 'hexDump' });
});

test('what nobody here made is no message', () => {
  const made = messageUri(message, 'json', 'asItCame');
  const others = [
    { ...made, scheme: 'file' },
    { ...made, authority: '127.0.0.1:1883' },
    { ...made, path: '/' },
    { ...made, path: '/x/t.json' },
    { ...made, query: '' },
    { ...made, query: 'at=1&form=other' },
    { ...made, query: 'form=asItCame' },
  ];
  for (const other of others) assert.equal(parseMessageUri(other), undefined, JSON.stringify(other));
});

test('a topic can’t climb, hide or turn around in a path, nor be a device of Windows', () => {
  const pathOf = (topic: string): string => messageUri({ ...message, topic }, 'text', 'asItCame').path;
  assert.equal(pathOf('../.././a//b'), '/17/_/_/_/a/_/b.txt');
  assert.equal(pathOf('a\\b:c*d?e"f<g>h|i'), '/17/a_b_c_d_e_f_g_h_i.txt');
  assert.equal(pathOf('abc\u202egpj\n\0\ud800'), '/17/abc_gpj___.txt');
  assert.equal(pathOf('CON'), '/17/_CON.txt');
  assert.equal(pathOf('lpt1.x'), '/17/_lpt1.x.txt');
  assert.equal(pathOf('console'), '/17/console.txt');
});

test('a path is short, of the longest topics too', () => {
  const long = [
    'x'.repeat(65_535),
    '/'.repeat(65_535),
    `${'🌡'.repeat(100)}/`.repeat(160),
    'a/'.repeat(32_767),
  ];
  for (const topic of long) {
    const { path } = messageUri({ ...message, topic }, 'text', 'asItCame');
    assert.ok(path.length < 1100, `${path.length}`);
    assert.doesNotThrow(() => encodeURIComponent(path));
  }
  assert.equal(
    messageUri({ ...message, topic: '1/2/3/4/5/6/7/8/9' }, 'text', 'asItCame').path,
    '/17/1/2/3/4/…/7/8/9.txt',
  );
});
