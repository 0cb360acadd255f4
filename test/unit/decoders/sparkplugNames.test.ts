/** What births teach, and how little of it is kept. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SparkplugNames } from '../../../src/decoders/sparkplugNames.ts';
import type { SparkplugTopic } from '../../../src/decoders/sparkplugTopic.ts';

/** A metric with its name, its alias in one byte and datatype 3. */
function birth(...metrics: [name: string, alias: number][]): Uint8Array {
  return Buffer.concat(
    metrics.map(([name, alias]) => {
      const text = Buffer.from(name);
      // Two bytes of varint hold every alias of these tests.
      const body = Buffer.from([
        0x0a,
        text.length,
        ...text,
        0x10,
        (alias & 0x7f) | 0x80,
        alias >> 7,
        0x20,
        3,
      ]);
      return Buffer.from([0x12, body.length, ...body]);
    }),
  );
}

const edge: SparkplugTopic = { type: 'NDATA', groupId: 'g', edgeNodeId: 'e' };
const device: SparkplugTopic = { ...edge, type: 'DDATA', deviceId: 'd' };

test('a node that is born anew forgets its old names and those of its devices', () => {
  const names = new SparkplugNames();
  names.observe('spBv1.0/g/NBIRTH/e', birth(['a', 1]));
  names.observe('spBv1.0/g/DBIRTH/e/d', birth(['b', 2]));
  assert.deepEqual(names.byAlias(edge, 1), { name: 'a', datatype: 3 });
  assert.deepEqual(names.byAlias(device, 2), { name: 'b', datatype: 3 });
  assert.deepEqual(names.byAlias(device, 2n), { name: 'b', datatype: 3 });
  names.observe('spBv1.0/g/NBIRTH/e', birth(['c', 1]));
  assert.equal(names.byAlias(edge, 1)?.name, 'c');
  assert.equal(names.byAlias(device, 2), undefined);
  assert.equal(names.datatypeOf(device, 'b'), undefined);
});

test('a device that is born anew replaces its own names alone', () => {
  const names = new SparkplugNames();
  names.observe('spBv1.0/g/NBIRTH/e', birth(['a', 1]));
  names.observe('spBv1.0/g/DBIRTH/e/d', birth(['b', 2]));
  names.observe('spBv1.0/g/DBIRTH/e/d', birth(['c', 3]));
  assert.equal(names.byAlias(device, 2), undefined);
  assert.equal(names.byAlias(device, 3)?.name, 'c');
  assert.equal(names.byAlias(edge, 1)?.name, 'a');
  assert.deepEqual(names.size, { edgeNodes: 1, metrics: 2 });
});

test('data, other topics and broken births teach nothing, and throw nothing', () => {
  const names = new SparkplugNames();
  names.observe('spBv1.0/g/NDATA/e', birth(['a', 1]));
  names.observe('plant/sensor', birth(['a', 1]));
  names.observe('spBv1.0/g/NBIRTH/e', Uint8Array.of(0x12, 0xff));
  names.observe('spBv1.0/g/DBIRTH/e', birth(['a', 1]));
  assert.deepEqual(names.size, { edgeNodes: 0, metrics: 0 });
});

test('of more than a thousand nodes, those heard of longest ago are forgotten', () => {
  const names = new SparkplugNames();
  for (let i = 0; i < 1000; i++) names.observe(`spBv1.0/g/NBIRTH/e${i}`, birth(['a', 1]));
  names.observe('spBv1.0/g/NBIRTH/e0', birth(['a', 1]));
  for (let i = 1000; i < 1500; i++) names.observe(`spBv1.0/g/NBIRTH/e${i}`, birth(['a', 1]));
  assert.deepEqual(names.size, { edgeNodes: 1000, metrics: 1000 });
  assert.equal(names.byAlias({ ...edge, edgeNodeId: 'e0' }, 1)?.name, 'a');
  assert.equal(names.byAlias({ ...edge, edgeNodeId: 'e1' }, 1), undefined);
});

test('a node keeps ten thousand metrics, whether it has them in one birth or in many devices', () => {
  const names = new SparkplugNames();
  const many = birth(...Array.from({ length: 12_000 }, (_, i): [string, number] => [`m${i}`, i]));
  names.observe('spBv1.0/g/NBIRTH/e', many);
  assert.deepEqual(names.size, { edgeNodes: 1, metrics: 10_000 });
  names.observe('spBv1.0/g/NBIRTH/e', new Uint8Array(0));
  for (let i = 0; i < 12_000; i++) names.observe(`spBv1.0/g/DBIRTH/e/d${i}`, new Uint8Array(0));
  assert.ok(names.size.metrics <= 10_000, `${names.size.metrics}`);
});

test('all nodes together keep two hundred thousand metrics', () => {
  const names = new SparkplugNames();
  const many = birth(...Array.from({ length: 10_000 }, (_, i): [string, number] => [`m${i}`, i]));
  for (let i = 0; i < 25; i++) names.observe(`spBv1.0/g/NBIRTH/e${i}`, many);
  assert.deepEqual(names.size, { edgeNodes: 20, metrics: 200_000 });
});
