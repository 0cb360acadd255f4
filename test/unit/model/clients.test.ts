import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Clients, type LastConnection } from '../../../src/model/clients.ts';

function ended(clientId: string): Omit<LastConnection, 'times'> {
  return {
    ...{ clientId, remoteAddress: '192.0.2.7:1000', transportKind: 'mqtt' },
    ...{ connectedAtMs: 1000, endedAtMs: 2000, end: { kind: 'networkClosed' } },
  };
}

const accepted = (connectionId: number) => ({
  connectionId,
  protocolVersion: 5 as const,
  username: 'board',
});

test('how a connection ended is known with what was agreed on in it', () => {
  const clients = new Clients();
  clients.connected('a', accepted(1));
  assert.equal(clients.lastOf('a'), undefined);
  clients.disconnected(1, ended('a'));
  const { protocolVersion, username, end } = clients.lastOf('a') ?? {};
  assert.deepEqual([protocolVersion, username, end?.kind], [5, 'board', 'networkClosed']);
});

test('a client that was refused while another of its id is connected has nothing of the other', () => {
  const clients = new Clients();
  clients.connected('a', accepted(1));
  clients.disconnected(2, ended('a'));
  assert.equal(clients.lastOf('a')?.protocolVersion, undefined);
  clients.disconnected(1, ended('a'));
  assert.equal(clients.lastOf('a')?.protocolVersion, 5);
});

test('the end that is longest ago is forgotten beyond a thousand, and one that ends again is the newest', () => {
  const clients = new Clients();
  for (let n = 0; n < 1000; n++) clients.disconnected(n, ended(`c${n}`));
  clients.disconnected(0, ended('c0'));
  clients.disconnected(1000, ended('new'));
  assert.equal(clients.lastOf('c1'), undefined);
  assert.ok(clients.lastOf('c0') !== undefined && clients.lastOf('new') !== undefined);
  assert.equal([...clients.ended()].length, 1000);
});

test('a client id of the longest is not remembered', () => {
  const clients = new Clients();
  clients.disconnected(1, ended('x'.repeat(65_535)));
  assert.equal([...clients.ended()].length, 0);
});

test('who comes, goes or subscribes is told; a broker that is gone leaves nothing', () => {
  const clients = new Clients();
  let changes = 0;
  clients.onDidChange(() => changes++);
  clients.connected('a', accepted(1));
  clients.changed();
  clients.disconnected(1, ended('a'));
  clients.clear();
  assert.equal(changes, 4);
  assert.equal(clients.lastOf('a'), undefined);
});
