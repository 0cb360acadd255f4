import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  ClientDetail,
  ClientInfo,
  ClientSession,
  ClientSubscription,
} from '../../../../src/contracts/clients.ts';
import { ClientBranch, type ClientFact, ClientRows } from '../../../../src/extension/views/clientRows.ts';

const client = (clientId: string, more: Partial<ClientInfo> = {}): ClientInfo => ({
  ...{ clientId, isWorkbench: false, state: 'connected', warnings: 0 },
  ...more,
});

const subscription = (topicFilter: string, qos: 0 | 1 | 2 = 0): ClientSubscription => ({
  ...{ topicFilter, qos, noLocal: false, retainAsPublished: false, retainHandling: 0 },
});

const fact = (key: string, value: string): ClientFact => ({ key, value, icon: 'watch', label: key });

function detail(
  subscriptions: readonly ClientSubscription[],
  more: Partial<ClientDetail> = {},
): ClientDetail {
  // What the rows read of a session.
  const session = { subscriptions, subscriptionCount: subscriptions.length } as ClientSession;
  return { ...client('a'), session, found: [], ...more };
}

test('a client keeps its row while it is listed, and is told of when it looks different', () => {
  const rows = new ClientRows();
  assert.equal(rows.take({ clients: [client('a'), client('b')], total: 2 }), undefined);
  const [a, b] = rows.all;
  assert.deepEqual(rows.take({ clients: [client('a'), client('b')], total: 2 }), []);
  const changed = rows.take({ clients: [client('a', { state: 'stored' }), client('b')], total: 2 });
  assert.deepEqual(changed, [a]);
  assert.equal(rows.take({ clients: [client('b'), client('a')], total: 2 }), undefined);
  assert.deepEqual([rows.all[0] === b, rows.all[1] === a], [true, true]);
});

test('clients that are not shown are one row at the end', () => {
  const rows = new ClientRows();
  rows.take({ clients: [client('a')], total: 6 });
  assert.deepEqual(rows.all.at(-1), { kind: 'moreClients', hidden: 5, canShowMore: true });
  assert.deepEqual(rows.take({ clients: [client('a')], total: 6 }), []);
  assert.equal(rows.take({ clients: [client('a')], total: 7 }), undefined);
});

test('a number that changes is told of alone, and nothing where nothing did', () => {
  const branch = new ClientBranch('a');
  assert.equal(branch.take(detail([]), [fact('x', '1'), fact('y', '1')]), undefined);
  assert.deepEqual(branch.take(detail([]), [fact('x', '1'), fact('y', '1')]), []);
  const changed = branch.take(detail([]), [fact('x', '1'), fact('y', '2')]);
  assert.deepEqual(changed, [branch.rows[1]]);
});

test('a subscription that comes is told of by its heading alone, and one with another QoS by itself', () => {
  const branch = new ClientBranch('a');
  branch.take(detail([subscription('x')]), []);
  const [heading] = branch.rows;
  const withOne = branch.take(detail([subscription('x'), subscription('y')]), []);
  assert.deepEqual(withOne, [heading]);
  const changed = branch.take(detail([subscription('x', 2), subscription('y')]), []);
  assert.deepEqual(changed, [branch.subscriptions[0]]);
});

test('a warning comes before the facts, and the client is drawn anew for it', () => {
  const branch = new ClientBranch('a');
  branch.take(detail([]), [fact('x', '1')]);
  const found = [{ clientId: 'a', atMs: 1, lastAtMs: 1, times: 1, facts: { kind: 'keepAliveOff' } }] as const;
  assert.equal(branch.take(detail([], { found }), [fact('x', '1')]), undefined);
  assert.deepEqual(
    branch.rows.map(({ kind }) => kind),
    ['clientWarning', 'clientFact', 'clientSubscriptions'],
  );
  // The same warning, over the wire once more.
  assert.deepEqual(branch.take(detail([], { found: structuredClone(found) }), [fact('x', '1')]), []);
});

test('a warning that is seen again is told of by its row alone, and one that is over goes', () => {
  const branch = new ClientBranch('a');
  const once = { clientId: 'a', atMs: 1, lastAtMs: 1, times: 1, facts: { kind: 'keepAliveOff' } } as const;
  branch.take(detail([], { found: [once] }), []);
  const again = { ...once, lastAtMs: 2, times: 2 };
  const changed = branch.take(detail([], { found: [again] }), []);
  assert.deepEqual(changed, [branch.rows[0]]);
  assert.deepEqual(branch.rows[0], { kind: 'clientWarning', clientId: 'a', warning: again });
  assert.equal(branch.take(detail([], { found: [] }), []), undefined);
  assert.deepEqual(
    branch.rows.map(({ kind }) => kind),
    ['clientSubscriptions'],
  );
});

test('a client without a session has no subscriptions', () => {
  const branch = new ClientBranch('a');
  branch.take(detail([subscription('x')]), [fact('x', '1')]);
  const { session: _, ...gone } = detail([]);
  assert.equal(branch.take({ ...gone, state: 'gone' }, [fact('x', '1')]), undefined);
  assert.deepEqual(
    branch.rows.map(({ kind }) => kind),
    ['clientFact'],
  );
});
