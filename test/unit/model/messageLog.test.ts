import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PREVIEW_BYTES } from '../../../src/model/loggedMessage.ts';
import { ROW_BYTES } from '../../../src/model/logSegment.ts';
import { BROKER_ORIGIN, MessageLog } from '../../../src/model/messageLog.ts';
import { decodePublish } from '../../../src/mqtt/decodePublish.ts';
import { encode } from '../../../src/mqtt/encode.ts';
import { incoming, text } from './messages.ts';

const PLENTY = 100_000_000;

function append(
  log: MessageLog,
  topic: string,
  payload: string | Uint8Array,
  origin = BROKER_ORIGIN,
): number {
  return log.append(log.topics.get(topic), incoming(payload), origin);
}

function payloadOf(log: MessageLog, id: number): string | undefined {
  const message = log.message(id);
  return message && text(message.payload);
}

test('a message is read back as it was appended, with all that was known of it', () => {
  const log = new MessageLog(PLENTY);
  const properties = {
    payloadFormatIndicator: 1,
    messageExpiryInterval: 60,
    contentType: 'text/plain',
    responseTopic: 'answers',
    correlationData: new Uint8Array([1, 2]),
    userProperties: [
      ['a', '1'],
      ['a', '2'],
    ],
    subscriptionIdentifiers: [3, 4],
  } as const;
  const about = {
    qos: 2,
    retain: true,
    isWill: true,
    hasWaited: true,
    receivedAtMs: 1_234_567_890_123,
    publisher: 'board',
  } as const;
  const id = log.append(log.topics.get('a/b'), incoming('hello', { ...about, properties }), 7);
  const message = log.message(id);
  assert.ok(message);
  const { topic, qos, retain, isWill, hasWaited, receivedAtMs } = message;
  const { publisher, origin, payloadBytes, isWhole } = message;
  assert.deepEqual({ qos, retain, isWill, hasWaited, receivedAtMs, publisher }, about);
  assert.deepEqual(
    { id, topic, origin, payloadBytes, isWhole },
    { id: 1, topic: 'a/b', origin: 7, payloadBytes: 5, isWhole: true },
  );
  assert.equal(text(message.payload), 'hello');
  assert.deepEqual(message.properties, properties);
});

test('a message is a copy: the borrowed bytes may change after the call', () => {
  const log = new MessageLog(PLENTY);
  const payload = new Uint8Array([1, 2, 3]);
  const correlationData = new Uint8Array([4, 5]);
  const id = log.append(
    log.topics.get('a'),
    incoming(payload, { properties: { correlationData } }),
    BROKER_ORIGIN,
  );
  payload.fill(9);
  correlationData.fill(9);
  assert.deepEqual(new Uint8Array(log.message(id)?.payload ?? []), new Uint8Array([1, 2, 3]));
  assert.deepEqual(
    new Uint8Array(log.message(id)?.properties?.correlationData ?? []),
    new Uint8Array([4, 5]),
  );
});

test('a PUBLISH is kept from its own bytes, at any place of a chunk, and its alias stays behind', () => {
  const log = new MessageLog(PLENTY);
  for (const payloadBytes of [0, 1, 3, 4, 5, 63, 64, 255, 256, 257, 5000]) {
    const payload = Uint8Array.from({ length: payloadBytes }, (_, i) => (i * 7) % 256);
    const packet = encode(
      {
        ...{ kind: 'publish', topic: 'a', payload, qos: 0, retain: false, dup: false },
        properties: { topicAlias: 5, contentType: 'x/y' },
      },
      5,
    );
    for (const offset of [0, 1, 2, 3]) {
      const chunk = new Uint8Array(offset + packet.length + 3);
      chunk.set(packet, offset);
      const publish = decodePublish(chunk, offset, offset + packet.length, 5, undefined, false);
      const { bytes, propertiesStart, payloadStart, end } = publish;
      const id = log.appendReceived(
        log.topics.get('a'),
        bytes,
        propertiesStart,
        payloadStart,
        end,
        0,
        1000,
        'board',
      );
      chunk.fill(0xee);
      const message = log.message(id);
      assert.deepEqual(
        new Uint8Array(message?.payload ?? [1]),
        payload,
        `${payloadBytes} bytes at ${offset}`,
      );
      assert.deepEqual(message?.properties, { contentType: 'x/y' });
    }
  }
});

test('ids count up from 1 and go on over everything that is dropped or cleared', () => {
  const log = new MessageLog(20_000);
  const ids = Array.from({ length: 500 }, (_, n) => append(log, 'a', `${n}`));
  assert.deepEqual([ids[0], ids.at(-1)], [1, 500]);
  log.clear();
  assert.equal(append(log, 'a', 'x'), 501);
});

test('the log never takes more than its budget, the oldest go first, and each that went is counted', () => {
  for (const budget of [1000, 20_000, 1_000_000]) {
    const log = new MessageLog(budget);
    for (let n = 1; n <= 40_000; n++) {
      append(log, `t/${n % 50}`, `message ${n}`);
      if (log.usedBytes > budget) assert.fail(`${log.usedBytes} of ${budget} after ${n}`);
    }
    assert.equal(log.heldMessages + log.droppedMessages, 40_000);
    assert.ok(log.droppedMessages > 0 && log.heldMessages > 0, `${log.heldMessages} held`);
    assert.equal(log.message(log.firstId - 1), undefined);
    assert.equal(payloadOf(log, log.firstId), `message ${log.firstId}`);
    assert.equal(payloadOf(log, 40_000), 'message 40000');
  }
});

test('the memory of what goes is used for what comes, and the messages that are held are as they were', () => {
  const log = new MessageLog(128 * 1024);
  const buffers = new Set<ArrayBuffer>();
  for (let i = 0; i < 50_000; i++) {
    append(log, `t/${i % 10}`, `payload ${i}`);
    // Before, the log has to learn how long the messages are.
    if (i > 10_000) for (const { buffer } of log.segments) buffers.add(buffer);
  }
  assert.ok(log.droppedMessages > 40_000);
  assert.equal(buffers.size, log.segments.length);
  for (let id = log.firstId; id < log.nextId; id++) assert.equal(payloadOf(log, id), `payload ${id - 1}`);
});

test('the memory of a large message is given back when it goes, and not when the collector comes', () => {
  const log = new MessageLog(128 * 1024);
  append(log, 'large', new Uint8Array(50_000));
  const { buffer } = log.segments[0]!;
  append(log, 'large', new Uint8Array(50_004));
  assert.equal(buffer.detached, false);
  append(log, 'large', new Uint8Array(50_008));
  assert.equal(log.heldMessages, 2);
  assert.equal(buffer.detached, true);
});

test('a full log holds nine tenths of its budget, of small, common and large messages', () => {
  const budget = 8_000_000;
  for (const payloadBytes of [2, 64, 1000, 100_000]) {
    const log = new MessageLog(budget);
    const payload = new Uint8Array(payloadBytes);
    let used = 0;
    while (log.droppedMessages < 3 * (budget / (payloadBytes + ROW_BYTES))) append(log, 'a', payload);
    used = log.heldMessages * (payloadBytes + ROW_BYTES);
    assert.ok(used > 0.9 * budget, `${used} of ${budget} with ${payloadBytes} bytes each`);
  }
});

test('large and small messages in turn leave no room unused either', () => {
  const budget = 8_000_000;
  const log = new MessageLog(budget);
  const large = new Uint8Array(100_000);
  for (let n = 0; n < 500; n++) {
    append(log, 'a', large);
    append(log, 'a', 'small');
  }
  const used = log.heldMessages * (50_000 + ROW_BYTES);
  assert.ok(used > 0.9 * budget, `${used} of ${budget}`);
});

test('a message larger than the whole budget is kept as its preview, and says so', () => {
  const log = new MessageLog(10_000);
  append(log, 'a', 'before');
  const properties = { contentType: 'x' };
  const payload = new Uint8Array(20_000).fill(7);
  const id = log.append(log.topics.get('a'), incoming(payload, { properties }), BROKER_ORIGIN);
  const message = log.message(id);
  assert.deepEqual(
    [message?.isWhole, message?.payloadBytes, message?.payload.length, message?.properties],
    [false, 20_000, PREVIEW_BYTES, undefined],
  );
  assert.ok(log.usedBytes <= 10_000);
  assert.equal(payloadOf(log, append(log, 'a', 'after')), 'after');
});

test('the newest message of a topic outlives its place in the log, as its preview', () => {
  const log = new MessageLog(200_000);
  const quiet = log.topics.get('quiet');
  quiet.holders++; // as the tree does
  log.append(quiet, incoming(new Uint8Array(1000).fill(5), { publisher: 'board', qos: 1 }), BROKER_ORIGIN);
  while (log.firstId < 2) append(log, 'loud', new Uint8Array(100));
  const newest = log.newestOf(quiet);
  assert.deepEqual(
    [newest?.id, newest?.topic, newest?.publisher, newest?.qos, newest?.payloadBytes, newest?.preview.length],
    [1, 'quiet', 'board', 1, 1000, PREVIEW_BYTES],
  );
  assert.equal(
    newest?.preview.buffer.byteLength,
    PREVIEW_BYTES,
    'it does not pin the segment that it was in',
  );
});

test('what a subscription was delivered is no topic’s newest message', () => {
  const log = new MessageLog(PLENTY);
  append(log, 'a', 'published');
  append(log, 'a', 'delivered', 3);
  assert.equal(log.newestOf(log.topics.get('a'))?.id, 1);
  assert.equal(log.message(2)?.origin, 3);
});

test('names that nothing refers to any more are given back: topics and client ids come and go by the million', () => {
  const log = new MessageLog(50_000);
  const freed: number[] = [];
  log.topics.onDidFree((ref) => freed.push(ref));
  for (let n = 0; n < 50_000; n++) {
    log.append(log.topics.get(`t/${n}`), incoming('x', { publisher: `device-${n}` }), BROKER_ORIGIN);
  }
  assert.equal([...log.topics.all()].length, log.heldMessages);
  assert.equal(freed.length, log.droppedMessages);
  assert.ok(Math.max(...freed) < 10_000, 'numbers are used again');
  const newest = log.message(50_000);
  assert.deepEqual([newest?.topic, newest?.publisher], ['t/49999', 'device-49999']);
  assert.equal(log.publisherNumber('device-1'), undefined);
});

test('a client id may be empty, and is not the same as none', () => {
  const log = new MessageLog(PLENTY);
  const publishers = [undefined, '', 'a', '', undefined];
  const ids = publishers.map((publisher) =>
    log.append(log.topics.get('t'), incoming('x', { publisher }), BROKER_ORIGIN),
  );
  assert.deepEqual(
    ids.map((id) => log.message(id)?.publisher),
    publishers,
  );
});

test('a smaller budget takes effect at once', () => {
  const log = new MessageLog(1_000_000);
  for (let n = 0; n < 20_000; n++) append(log, 'a', 'a message');
  log.setBudget(300_000);
  assert.ok(log.usedBytes <= 300_000);
  assert.equal(payloadOf(log, 20_000), 'a message');
  log.setBudget(0);
  assert.equal(log.heldMessages, 0);
});

test('clear forgets everything, and counts from 0 again', () => {
  const log = new MessageLog(20_000);
  for (let n = 0; n < 1000; n++) append(log, 'a', 'x');
  log.clear();
  assert.deepEqual([log.heldMessages, log.droppedMessages, log.usedBytes, log.generation], [0, 0, 0, 1]);
  assert.equal(log.newestOf(log.topics.get('a')), undefined);
});

test('who waits for a message is told once, until it waits again', () => {
  const log = new MessageLog(PLENTY);
  let told = 0;
  log.onDidAppend(() => told++);
  append(log, 'a', 'x');
  append(log, 'a', 'x');
  assert.equal(told, 1);
  log.awaitAppend();
  append(log, 'a', 'x');
  assert.equal(told, 2);
});

test('the time of a message is exact, also when the clock goes back', () => {
  const log = new MessageLog(PLENTY);
  const monthsMs = 90 * 86_400_000;
  const start = 1_700_000_000_000;
  const times = [
    start,
    start + 1,
    start - 1_000_000,
    start + 0.5,
    start + monthsMs,
    0,
    start - monthsMs,
    start,
  ];
  const ids = times.map((receivedAtMs) =>
    log.append(log.topics.get('a'), incoming('x', { receivedAtMs }), 0),
  );
  assert.deepEqual(
    ids.map((id) => log.message(id)?.receivedAtMs),
    times.map(Math.floor),
  );
});

test('after any number of small messages there is room for one of any size', () => {
  for (const before of [0, 1, 2, 3, 4, 50, 1000]) {
    for (const size of [0, 1, 50, 1000, 8000, 32_000, 100_000, 131_072, 131_073, 5_000_000]) {
      const log = new MessageLog(32 * 1024 * 1024);
      const payload = new Uint8Array(before);
      // To the last row of its segment.
      while (log.segments.length < 2) append(log, 'a', payload);
      while (log.segments[1]!.count < log.segments[1]!.maxRows && log.segments.length === 2)
        append(log, 'a', payload);
      const sized = Uint8Array.from({ length: size }, (_, i) => i % 251);
      const id = append(log, 'b', sized);
      assert.equal(id, log.nextId - 1);
      const message = log.message(id);
      assert.deepEqual([message?.topic, message?.payload.length], ['b', size], `${size} after ${before}`);
      assert.equal(Buffer.compare(message?.payload ?? Buffer.of(1), sized), 0);
    }
  }
});
