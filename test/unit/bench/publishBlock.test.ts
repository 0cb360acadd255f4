import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PublishBlock } from '../../../bench/load/publishBlock.ts';
import { hex } from '../../support/packetBytes.ts';

const plain = { protocolVersion: 4, qos: 0, payloadBytes: 4 } as const;
const numbered = { ...plain, qos: 1 } as const;

test('plain packets go through the topics in turn, and around the end in two pieces', () => {
  const block = new PublishBlock({ ...plain, topics: ['a', 'b'] });
  // PUBLISH, 7 bytes follow, topic, payload
  const a = hex('30 07 00 01 "a" "xxxx"');
  const b = hex('30 07 00 01 "b" "xxxx"');
  assert.deepEqual(Buffer.concat([...block.plain(3)]), Buffer.concat([a, b, a]));
  assert.deepEqual(Buffer.concat([...block.plain(2)]), Buffer.concat([b, a]));

  const whole = [...block.plain(1_024)];
  assert.equal(whole.length, 2);
  assert.deepEqual(Buffer.concat(whole).subarray(0, b.length), b);
  assert.equal(Buffer.concat(whole).length, 1_024 * block.packetBytes);
});

test('numbered packets have a packet identifier each, and count from zero in their payload', () => {
  const block = new PublishBlock({ ...numbered, topics: ['a'] });
  assert.deepEqual(
    block.numbered(2),
    hex(`
      32 09 00 01 "a" 00 01 00 00 00 00   # identifier 1, number 0
      32 09 00 01 "a" 00 02 00 00 00 01
    `),
  );
  assert.deepEqual(block.numbered(1), hex('32 09 00 01 "a" 00 03 00 00 00 02'));
});

test('behind packet identifier 65,535 comes 1, for 0 is none, and the numbers count on', () => {
  const block = new PublishBlock({ ...numbered, topics: ['a'] });
  block.numbered(65_534);
  assert.deepEqual(
    block.numbered(2),
    hex(`
      32 09 00 01 "a" FF FF 00 00 FF FE   # identifier 65,535, number 65,534
      32 09 00 01 "a" 00 01 00 00 FF FF
    `),
  );
});

test('with properties the numbers still stand at the start of the payload', () => {
  const options = { ...numbered, protocolVersion: 5, hasProperties: true, topics: ['a'] } as const;
  const block = new PublishBlock(options);
  block.numbered(7);
  const packet = Buffer.from(block.numbered(1));
  assert.equal(packet.length, block.packetBytes);
  assert.equal(packet.readUInt32BE(packet.length - 4), 7);
  assert.equal(packet.readUInt16BE(5), 8); // behind the fixed header and the topic
});

test('topics of different lengths are refused: the packets would differ too', () => {
  assert.throws(() => new PublishBlock({ ...plain, topics: ['a', 'bb'] }), RangeError);
});
