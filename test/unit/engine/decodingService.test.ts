import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { DecodingService } from '../../../src/engine/decodingService.ts';
import { Models } from '../../../src/engine/models.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
/** {"a": 1} */
const cbor = Uint8Array.of(0xa1, 0x61, 0x61, 0x01);

function serviceWith(
  ...messages: readonly (readonly [topic: string, payload: Uint8Array])[]
): DecodingService {
  const models = new Models(10_000_000);
  const model = models.local;
  for (const [topic, payload] of messages)
    model.messagePublished(topic, { payload, qos: 0, retain: false, receivedAtMs: 0, isWill: false });
  return new DecodingService(models, () => Promise.reject(new Error('no such file')));
}

test('what the page reads itself is named and not sent: text, JSON, bytes', async () => {
  const service = serviceWith(['t', utf8('hello')], ['t', utf8('{"a":1}')], ['t', Uint8Array.of(1, 2, 3)]);
  for (const [id, as] of [
    [1, 'text'],
    [2, 'json'],
    [3, 'hex'],
  ] as const) {
    const decoded = await service.decodeMessage({ id });
    assert.deepEqual(decoded?.outcome, { kind: 'decoded', view: { kind: 'asItCame', as }, notes: [] });
    assert.equal(decoded?.used.id, as);
  }
});

test('other formats come decoded, and what they are wrapped in is told', async () => {
  const service = serviceWith(['t', cbor], ['t', gzipSync(utf8('{"b":2}'))]);
  const first = await service.decodeMessage({ id: 1 });
  assert.equal(first?.used.id, 'cbor');
  assert.ok(first?.outcome.kind === 'decoded' && first.outcome.view.kind === 'json');
  assert.deepEqual(JSON.parse(first.outcome.view.text), { a: 1 });
  const second = await service.decodeMessage({ id: 2 });
  assert.deepEqual(second?.used.via, ['gzip']);
  assert.ok(second?.outcome.kind === 'decoded' && second.outcome.view.kind === 'json');
  assert.equal(second.outcome.notes.length, 1);
});

test('the person’s choice for a topic goes first, and one that fails says why', async () => {
  const service = serviceWith(['log/a', Uint8Array.of(0xc4, 0xe3)], ['raw/a', utf8('no cbor')]);
  service.setDecoders({
    choices: [
      { topicFilter: 'log/#', decoder: 'text', encoding: 'gbk' },
      { topicFilter: 'raw/#', decoder: 'cbor' },
    ],
  });
  const text = await service.decodeMessage({ id: 1 });
  assert.equal(text?.used.isChosen, true);
  assert.ok(text?.outcome.kind === 'decoded' && text.outcome.view.kind === 'text');
  assert.equal(text.outcome.view.text, '你');
  const failed = await service.decodeMessage({ id: 2 });
  assert.equal(failed?.outcome.kind, 'failed');
  assert.ok(failed.outcome.kind === 'failed' && failed.outcome.message !== '');
});

test('another candidate is used for once where it is asked for', async () => {
  const service = serviceWith(['t', cbor]);
  const decoded = await service.decodeMessage({ id: 1, use: { id: 'hex', via: [] } });
  assert.deepEqual(decoded?.outcome, { kind: 'decoded', view: { kind: 'asItCame', as: 'hex' }, notes: [] });
});

test('text in UTF-16 is decoded, for the page reads UTF-8', async () => {
  const service = serviceWith(['t', Uint8Array.of(0xff, 0xfe, 0x68, 0x00, 0x69, 0x00)]);
  const decoded = await service.decodeMessage({ id: 1 });
  assert.ok(decoded?.outcome.kind === 'decoded' && decoded.outcome.view.kind === 'text');
  assert.equal(decoded.outcome.view.text, 'hi');
});

test('Sparkplug DATA has the names of the birth that the log holds', async () => {
  // Metrics of name "temp", alias 7, datatype Int32 (3), int_value 21; then of alias 7, int_value 22.
  const birth = Uint8Array.of(0x12, 12, 0x0a, 4, ...utf8('temp'), 0x10, 7, 0x20, 3, 0x50, 21);
  const data = Uint8Array.of(0x12, 4, 0x10, 7, 0x50, 22);
  const service = serviceWith(['spBv1.0/g/NBIRTH/n', birth], ['spBv1.0/g/NDATA/n', data]);
  const decoded = await service.decodeMessage({ id: 2 });
  assert.equal(decoded?.used.id, 'sparkplug');
  assert.ok(decoded?.outcome.kind === 'decoded' && decoded.outcome.view.kind === 'json');
  assert.match(decoded.outcome.view.text, /"name": "temp"/);
});

test('a message that is not held has nothing to decode', async () => {
  assert.equal(await serviceWith().decodeMessage({ id: 1 }), undefined);
});

test('automatic is tried beside a choice, which stays known and on offer', async () => {
  const service = serviceWith(['t', cbor]);
  service.setDecoders({ choices: [{ topicFilter: '#', decoder: 'text' }] });
  const decoded = await service.decodeMessage({ id: 1, use: 'automatic' });
  assert.equal(decoded?.used.id, 'cbor');
  assert.equal(decoded.chosenFor, '#');
  assert.deepEqual(
    decoded.candidates.filter((candidate) => candidate.isChosen).map((candidate) => candidate.id),
    ['text'],
  );
});

test('the births of one model name nothing in another', async () => {
  const models = new Models(10_000_000);
  const service = new DecodingService(models, () => Promise.reject(new Error('no such file')));
  const other = new Models(10_000_000).local;
  const birth = (name: string) => Uint8Array.of(0x12, 12, 0x0a, 4, ...utf8(name), 0x10, 7, 0x20, 3, 0x50, 21);
  const data = Uint8Array.of(0x12, 4, 0x10, 7, 0x50, 22);
  const metricsIn = async (model: typeof other) =>
    ((await service.valueOf(model, 'spBv1.0/g/NDATA/n', data)) as { metrics: unknown }).metrics;
  for (const [model, name] of [
    [models.local, 'live'],
    [other, 'past'],
  ] as const)
    model.messagePublished('spBv1.0/g/NBIRTH/n', {
      ...{ payload: birth(name), qos: 0, retain: false, receivedAtMs: 0, isWill: false },
    });
  assert.deepEqual(await metricsIn(models.local), { live: 22 });
  assert.deepEqual(await metricsIn(other), { past: 22 });
  assert.deepEqual(await metricsIn(models.local), { live: 22 });
});

test('for plots no more than a mebibyte is unpacked, also of what is in Base64', async () => {
  const service = serviceWith();
  const { local } = new Models(1_000_000);
  const json = (length: number) => gzipSync(utf8(`{"a":1,"b":"${'x'.repeat(length)}"}`));
  const base64 = (bytes: Uint8Array) => utf8(Buffer.from(bytes).toString('base64'));
  for (const wrapped of [(bytes: Uint8Array) => bytes, base64]) {
    assert.equal(((await service.valueOf(local, 't', wrapped(json(1000)))) as { a: number }).a, 1);
    assert.equal(await service.valueOf(local, 't', wrapped(json(1024 * 1024))), undefined);
  }
  service.setDecoders({ choices: [{ topicFilter: 't', decoder: 'text', compression: 'brotli' }] });
  assert.equal(
    await service.valueOf(local, 't', brotliCompressSync(new Uint8Array(2 * 1024 * 1024).fill(0x31))),
    undefined,
  );
});
