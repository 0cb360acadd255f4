/** Plots in the whole engine: real messages, text and binary. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startEngine } from './engineUnderTest.ts';

test('numbers of a device are read as text and by a decoder, and told of as they come', async (t) => {
  const { engine, start, device, next } = startEngine(t);
  await start();
  const oven = await device();
  await oven.publishAsync('oven/c', '180', { qos: 1 });
  // CBOR: a map of one (a1), "c" (61 63) to 181.5 as a float of 16 bits (f9 59 ac).
  await oven.publishAsync('oven/cbor', Buffer.from('a16163f959ac', 'hex'), { qos: 1 });
  assert.deepEqual(await engine.plots.plotPaths({ topic: 'oven/cbor' }), [{ path: '.c', value: 181.5 }]);
  const plain = engine.plots.openSeries({ topic: 'oven/c', path: '' });
  const binary = engine.plots.openSeries({ topic: 'oven/cbor', path: '.c' });
  assert.ok(plain.kind === 'opened' && binary.kind === 'opened');
  const newest = (seriesId: number, value: number) =>
    next('seriesChanged', (states) =>
      states.some((state) => state.seriesId === seriesId && state.lines[0]?.newestValue === value),
    );
  const told = [newest(plain.seriesId, 180), newest(binary.seriesId, 181.5)];
  engine.plots.watchSeries({ seriesIds: [plain.seriesId, binary.seriesId] });
  await Promise.all(told);
  const later = newest(plain.seriesId, 190);
  await oven.publishAsync('oven/c', '190', { qos: 1 });
  await later;
});
