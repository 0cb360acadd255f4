import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../../../src/base/clock.ts';
import type { InspectedMessage } from '../../../../src/contracts/messagePages.ts';
import type { MessageQuery, MessagesView } from '../../../../src/contracts/messages.ts';
import { MessageService } from '../../../../src/engine/messageService.ts';
import { Models } from '../../../../src/engine/models.ts';
import { messagesViewOf } from '../../../../src/engine/snapshots.ts';
import type { EngineThreadHandlers } from '../../../../src/extension/engineClient.ts';
import { EngineClient } from '../../../../src/extension/engineClient.ts';
import { MessageCursor } from '../../../../src/extension/panels/messageCursor.ts';

const everything: MessageQuery = { source: { kind: 'broker' } };

/** A cursor over a real log, by way of a client whose engine answers at once. */
class Fixture {
  models = new Models(10_000_000);
  service = new MessageService(this.models, systemClock);
  readonly shown: InspectedMessage[] = [];
  readonly cursor: MessageCursor;
  readonly engine: EngineClient;
  readonly #work: Promise<unknown>[] = [];
  #handlers: EngineThreadHandlers | undefined;

  constructor() {
    this.engine = new EngineClient((handlers) => {
      this.#handlers = handlers;
      return {
        post: ({ id, method, params }) => {
          const service = this.service as unknown as Record<string, (params: unknown) => unknown>;
          const result = service[method]?.(params); // the methods that are asked for are the service's
          queueMicrotask(() => handlers.onMessage({ kind: 'response', id, ok: true, result }));
        },
        terminate: async () => {},
      };
    });
    this.cursor = new MessageCursor(this.engine, (work) => this.#work.push(work));
    this.cursor.onDidChange((message) => this.shown.push(message));
  }

  publish(topic: string, model = this.models.local): number {
    const payload = new Uint8Array();
    model.messagePublished(topic, { payload, qos: 0, retain: false, receivedAtMs: 0, isWill: false });
    return model.log.nextId - 1;
  }

  /** As the engine does ten times a second, and until nothing is under way. */
  async settle(): Promise<void> {
    await this.engine.call('messagePlace', { viewId: 0, at: { id: 0 } });
    for (const { views, log } of this.models.all()) {
      views.advance(() => false);
      for (const view of views.takeChanged()) this.#tell(messagesViewOf(view, log));
    }
    while (this.#work.length > 0) await this.#work.shift();
  }

  /** The next engine starts with the next request, and counts from 1 again. */
  async die(): Promise<void> {
    this.#handlers?.onEnd(undefined);
    while (this.#work.length > 0) await this.#work.shift();
    this.models = new Models(10_000_000);
    this.service = new MessageService(this.models, systemClock);
  }

  #tell(payload: MessagesView): void {
    this.#handlers?.onMessage({ kind: 'event', event: 'messagesChanged', payload });
  }

  get last(): { id: number | undefined; previous: number | undefined; hasNext: boolean | undefined } {
    const message = this.shown.at(-1);
    return { id: message?.summary.id, previous: message?.previous?.id, hasNext: message?.hasNext };
  }
}

async function opened(id: number, ...topics: string[]): Promise<Fixture> {
  const fixture = new Fixture();
  for (const topic of topics) fixture.publish(topic);
  await fixture.settle();
  assert.equal(await fixture.cursor.open(id, everything), true);
  await fixture.settle();
  return fixture;
}

test('a message is shown with what is before it, and whether there is a next one', async () => {
  const fixture = await opened(2, 'a', 'b', 'a');
  assert.deepEqual(fixture.last, { id: 2, previous: 1, hasNext: true });
});

test('it steps to the neighbours, and stays where there is none', async () => {
  const fixture = await opened(2, 'a', 'b', 'a');
  fixture.cursor.step(1);
  await fixture.settle();
  assert.deepEqual(fixture.last, { id: 3, previous: 2, hasNext: false });
  fixture.cursor.step(1);
  await fixture.settle();
  assert.deepEqual(fixture.last, { id: 3, previous: 2, hasNext: false });
  fixture.publish('c');
  await fixture.settle();
  assert.deepEqual(fixture.last, { id: 3, previous: 2, hasNext: true });
  for (let i = 0; i < 4; i++) {
    fixture.cursor.step(-1);
    await fixture.settle();
  }
  assert.deepEqual(fixture.last, { id: 1, previous: undefined, hasNext: true });
});

test('it follows the newest of its topic, then steps through the list again', async () => {
  const fixture = await opened(1, 'a', 'b', 'a', 'b');
  await fixture.cursor.follow(true);
  await fixture.settle();
  assert.deepEqual(fixture.last, { id: 3, previous: 1, hasNext: false });
  fixture.publish('b');
  const newest = fixture.publish('a');
  await fixture.settle();
  assert.equal(fixture.last.id, newest);
  await fixture.cursor.follow(false);
  await fixture.settle();
  assert.deepEqual(fixture.last, { id: newest, previous: newest - 1, hasNext: false });
  fixture.publish('a');
  await fixture.settle();
  assert.equal(fixture.last.id, newest);
});

test('a message of a recording is stepped from, and its topic is not followed', async () => {
  const fixture = new Fixture();
  fixture.publish('a');
  const { connection, model } = fixture.models.add({ kind: 'recording', name: 'lab.jsonl' });
  const [first, second] = [fixture.publish('a', model), fixture.publish('a', model)];
  await fixture.settle();
  const source = { kind: 'broker', connection } as const;
  assert.equal(await fixture.cursor.open(first, { source }), true);
  await fixture.settle();
  await fixture.cursor.follow(true);
  await fixture.settle();
  assert.equal(fixture.cursor.inspected?.isFollowing, false);
  assert.deepEqual(fixture.last, { id: first, previous: undefined, hasNext: true });
  fixture.cursor.step(1);
  await fixture.settle();
  assert.deepEqual(fixture.last, { id: second, previous: first, hasNext: false });
});

test('the topic of another broker is followed', async () => {
  const fixture = new Fixture();
  const { connection, model } = fixture.models.add({ kind: 'remoteBroker', name: 'gateway' });
  const first = fixture.publish('a', model);
  await fixture.settle();
  assert.equal(await fixture.cursor.open(first, { source: { kind: 'broker', connection } }), true);
  await fixture.cursor.follow(true);
  await fixture.settle();
  assert.equal(fixture.cursor.inspected?.isFollowing, true);
  assert.equal(fixture.cursor.inspected?.connectionKind, 'remoteBroker');
});

test('a message that is not held is not opened', async () => {
  const fixture = new Fixture();
  await fixture.settle();
  assert.equal(await fixture.cursor.open(7, everything), false);
});

test('paused, nothing is followed; resumed, it is where it was', async () => {
  const fixture = await opened(1, 'a');
  fixture.cursor.pause();
  await fixture.settle();
  const before = fixture.shown.length;
  fixture.publish('a');
  await fixture.settle();
  assert.equal(fixture.shown.length, before);
  await fixture.cursor.resume();
  await fixture.settle();
  assert.deepEqual(fixture.last, { id: 1, previous: undefined, hasNext: true });
});

test('a message of an engine that died is gone, and none of the next one takes its place', async () => {
  const fixture = await opened(1, 'a', 'a');
  await fixture.die();
  const { length } = fixture.shown;
  assert.equal(fixture.cursor.inspected?.isGone, true);
  fixture.publish('other');
  fixture.publish('other');
  await fixture.settle();
  fixture.cursor.step(1);
  await fixture.cursor.resume();
  await fixture.settle();
  assert.equal(fixture.shown.length, length);
  assert.equal(await fixture.cursor.open(1, everything), true);
  assert.equal(fixture.cursor.inspected?.summary.topic, 'other');
  assert.equal(fixture.cursor.inspected.isGone, false);
});

test('the newest of a topic is followed into the next engine, under whatever id', async () => {
  const fixture = await opened(1, 'a');
  await fixture.cursor.follow(true);
  await fixture.settle();
  await fixture.die();
  assert.equal(fixture.cursor.inspected?.isGone, true);
  const before = fixture.shown.length;
  await fixture.settle();
  fixture.publish('a');
  await fixture.settle();
  assert.equal(fixture.shown.length, before + 1);
  assert.deepEqual(
    [fixture.cursor.inspected?.isGone, fixture.cursor.inspected?.isFollowing, fixture.last.id],
    [false, true, 1],
  );
});
