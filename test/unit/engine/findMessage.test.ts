import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import { MessageService } from '../../../src/engine/messageService.ts';
import { Models } from '../../../src/engine/models.ts';

/** A service whose slices end at each look at the clock, and a view of these messages. */
function serviceWith(payloads: readonly string[]): { service: MessageService; viewId: number } {
  const models = new Models(10_000_000);
  const model = models.local;
  for (const payload of payloads) {
    model.messagePublished('t', {
      payload: new TextEncoder().encode(payload),
      qos: 0,
      retain: false,
      receivedAtMs: 0,
      isWill: false,
    });
  }
  let nowMs = 0;
  const service = new MessageService(models, { ...systemClock, monotonicMs: () => (nowMs += 100) });
  const { viewId } = service.openMessages({ query: { source: { kind: 'broker' } } });
  model.views.advance(() => false);
  return { service, viewId };
}

const many = [...Array.from({ length: 3000 }, () => 'hay'), 'needle'];

test('a search that takes several slices finds its message', async () => {
  const { service, viewId } = serviceWith(many);
  const found = await service.findMessage({ viewId, text: 'needle', from: 0, direction: 'forward' });
  assert.deepEqual(found, { kind: 'found', place: 3000 });
});

test('a newer search of the view takes the place of the one before it, and closing the view ends it', async () => {
  const { service, viewId } = serviceWith(many);
  const first = service.findMessage({ viewId, text: 'needle', from: 0, direction: 'forward' });
  const second = service.findMessage({ viewId, text: 'none', from: 0, direction: 'forward' });
  assert.deepEqual(await first, { kind: 'superseded' });
  assert.deepEqual(await second, { kind: 'notFound' });
  const third = service.findMessage({ viewId, text: 'needle', from: 0, direction: 'forward' });
  service.closeMessages({ viewId });
  assert.deepEqual(await third, { kind: 'superseded' });
});

test('nothing is found in a view that is not open', async () => {
  const { service } = serviceWith(['needle']);
  const found = await service.findMessage({ viewId: 99, text: 'needle', from: 0, direction: 'forward' });
  assert.deepEqual(found, { kind: 'notFound' });
});
