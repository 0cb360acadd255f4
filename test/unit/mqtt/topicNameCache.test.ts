/** Topic names found by their bytes: always the right one, whatever came before. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CachedTopic, decodeTopicName, TopicNameCache } from '../../../src/mqtt/topicNameCache.ts';
import { arbitraryTopicName } from '../../support/arbitraryPackets.ts';
import { hex } from '../../support/packetBytes.ts';
import { SeededRandom } from '../../support/random.ts';

/** Looked for where it lies in a packet: between other bytes. */
function find<Note>(cache: TopicNameCache<Note>, name: string | Uint8Array): CachedTopic<Note> | undefined {
  const bytes = Buffer.concat([hex('00 05'), Buffer.from(name), hex('61 62 63')]);
  return cache.topicAt(bytes, 2, bytes.length - 3);
}

function nameOf(cache: TopicNameCache, name: string): string | undefined {
  return find(cache, name)?.name;
}

test('a hundred thousand names, more than there is room for, are each found as they are, again and again', () => {
  const cache = new TopicNameCache();
  const names = Array.from({ length: 100_000 }, (_, i) => `site/${i % 7}/device/${i}/temperature`);
  for (let round = 0; round < 2; round++)
    for (const name of names) if (nameOf(cache, name) !== name) assert.fail(name);
});

test('names that differ in one byte, in their length or in their order are told apart', () => {
  const random = new SeededRandom(41);
  const cache = new TopicNameCache();
  const names = new Set<string>();
  for (let length = 1; length <= 130; length++) {
    const name = 'ab/'.repeat(44).slice(0, length);
    names.add(name);
    names.add(`${name.slice(0, -1)}x`);
    names.add(`x${name.slice(1)}`);
    const middle = Math.floor(length / 2);
    names.add(`${name.slice(0, middle)}x${name.slice(middle + 1)}`);
    names.add([...name].reverse().join(''));
  }
  const all = [...names];
  for (let i = 0; i < 20_000; i++) {
    const name = random.pick(all);
    assert.equal(nameOf(cache, name), name);
  }
});

test('arbitrary names, in any characters, are found as they are decoded', () => {
  const random = new SeededRandom(42);
  const cache = new TopicNameCache();
  const names = random.array(3000, () => arbitraryTopicName(random));
  for (let i = 0; i < 20_000; i++) {
    const name = random.pick(names);
    assert.equal(nameOf(cache, name), name);
  }
});

test('a name that came before is the same object, also after others', () => {
  const cache = new TopicNameCache();
  const first = find(cache, 'a/1');
  assert.equal(find(cache, 'a/1'), first);
  const second = find(cache, 'a/2');
  assert.notEqual(second, first);
  assert.equal(find(cache, 'a/1'), first);
  assert.equal(find(cache, 'a/2'), second);
});

test('of ten thousand names that come in turns, nearly all are remembered', () => {
  const cache = new TopicNameCache();
  const names = Array.from({ length: 10_000 }, (_, i) => `device/${i}/state`);
  const topics = names.map((name) => find(cache, name));
  const kept = names.filter((name, i) => find(cache, name) === topics[i]).length;
  // Of three that want the same two slots, one is pushed out; with one slot each, it would be a quarter of all.
  assert.ok(kept > 8700, `${kept} of 10,000`);
});

test('a note stays with its name, and goes with it when another takes its place', () => {
  const random = new SeededRandom(43);
  const cache = new TopicNameCache<string>();
  // Three times as many as there is room for.
  const names = Array.from({ length: 100_000 }, (_, i) => `t/${i}`);
  let noted = 0;
  for (let i = 0; i < 150_000; i++) {
    const name = names[random.integer(0, random.integer(0, names.length - 1))]!; // below its length
    const topic = find(cache, name);
    if (topic === undefined) assert.fail(name);
    if (topic.note !== undefined) {
      noted++;
      if (topic.note !== `of ${name}`) assert.fail(`${name} has the note ${topic.note}`);
    }
    topic.note = `of ${name}`;
  }
  assert.ok(noted > 15_000, `${noted} had a note`);
});

test('a name of up to 127 bytes is remembered, and a longer one is right by itself', () => {
  const cache = new TopicNameCache();
  for (const [bytes, isRemembered] of [
    [1, true],
    [126, true],
    [127, true],
    [128, false],
    [65_535, false],
  ] as const) {
    const name = 'x'.repeat(bytes);
    const topic = find(cache, name);
    assert.equal(topic?.name, name);
    assert.equal(find(cache, name) === topic, isRemembered, `${bytes} bytes`);
  }
  // In bytes, not in characters.
  const wide = 'é'.repeat(64);
  assert.notEqual(find(cache, wide), find(cache, wide));
  assert.equal(nameOf(cache, wide), wide);
});

test('a name in bytes that are overwritten afterwards is still found', () => {
  const cache = new TopicNameCache();
  const bytes = Buffer.from('a/b');
  const topic = cache.topicAt(bytes, 0, 3);
  bytes.write('c/d');
  assert.equal(topic?.name, 'a/b');
  assert.equal(cache.topicAt(bytes, 0, 3)?.name, 'c/d');
  assert.equal(cache.topicAt(Buffer.from('a/b'), 0, 3), topic);
});

test('what is no topic name is none, however often it comes, and does not hide one', () => {
  const cache = new TopicNameCache();
  for (let round = 0; round < 3; round++) {
    for (const bytes of [
      hex('"a/+"'),
      hex('"#"'),
      hex('61 00 62'), // U+0000
      hex('61 FF'), // not UTF-8
      hex('E2 82'), // a character cut short
      Buffer.from(`${'x'.repeat(200)}#`),
      Buffer.concat([Buffer.alloc(200, 'x'), hex('C3')]),
    ]) {
      assert.equal(find(cache, bytes), undefined);
      assert.equal(decodeTopicName(bytes, 0, bytes.length), undefined);
    }
    assert.equal(nameOf(cache, 'a/b'), 'a/b');
  }
});

test('an empty name, as an alias has it, is never another one', () => {
  const cache = new TopicNameCache();
  assert.equal(nameOf(cache, ''), '');
  assert.equal(nameOf(cache, 'a'), 'a');
  assert.equal(nameOf(cache, ''), '');
});
