import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { FilterSender } from '../../../../src/webview/shared/filterSender.ts';

interface Filter {
  client: string;
  errorsOnly?: boolean;
}

function fields(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const sent: [string, number][] = [];
  let typed: Filter | undefined;
  const sender = new FilterSender<Filter>({
    delayMs: 250,
    typed: ({ client }) => [client],
    current: () => typed,
    post: ({ client }, revision) => sent.push([client, revision]),
  });
  const choose = (filter: Filter): void => {
    typed = filter;
    sender.edited(typed);
  };
  const type = (client: string): void => choose({ client });
  return {
    sender,
    sent,
    type,
    choose,
    rest: () => t.mock.timers.tick(250),
    clear: () => (typed = undefined),
  };
}

test('what is typed is sent once, after the last key', (t) => {
  const { sent, type, rest } = fields(t);
  type('o');
  t.mock.timers.tick(249);
  type('oven');
  t.mock.timers.tick(249);
  assert.deepEqual(sent, []);
  rest();
  rest();
  assert.deepEqual(sent, [['oven', 0]]);
});

test('what is chosen or cleared is sent at once, with what was typed before it', (t) => {
  const { sender, sent, type, choose, rest } = fields(t);
  sender.received({ client: '' }, 0);
  type('oven');
  choose({ client: 'oven', errorsOnly: true });
  assert.deepEqual(sent, [['oven', 0]]);
  type('');
  assert.deepEqual(sent, [
    ['oven', 0],
    ['', 0],
  ]);
  rest();
  assert.equal(sent.length, 2);
});

test('when the page goes, what was typed last is sent at once, and once', (t) => {
  const { sender, sent, type, rest } = fields(t);
  type('oven');
  sender.flush();
  assert.deepEqual(sent, [['oven', 0]]);
  rest();
  sender.flush();
  assert.deepEqual(sent, [['oven', 0]]);
});

test('what is typed carries the number of the filter that it was typed over', (t) => {
  const { sender, sent, type, rest } = fields(t);
  sender.received({ client: 'panel' }, 3);
  type('oven');
  rest();
  assert.deepEqual(sent, [['oven', 3]]);
});

test('a filter that a command sets takes the place of what was typed and not sent yet', (t) => {
  const { sender, sent, type, rest } = fields(t);
  type('oven');
  sender.received({ client: 'panel' }, 1);
  rest();
  assert.deepEqual(sent, []);
});

test('what can’t be a filter is not sent', (t) => {
  const { sent, type, clear, rest } = fields(t);
  type('oven');
  clear();
  rest();
  assert.deepEqual(sent, []);
});
