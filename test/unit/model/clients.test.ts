import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Clients, type ConnectedClient } from '../../../src/model/clients.ts';

function client(clientId: string, connectionId: number): ConnectedClient {
  return {
    connectionId,
    clientId,
    protocolVersion: 5,
    remoteAddress: `127.0.0.1:${50_000 + connectionId}`,
    transportKind: 'mqtt',
    keepAliveSeconds: 60,
    cleanStart: true,
    connectedAtMs: 1000,
    hasWill: false,
  };
}

const ids = (clients: Clients) => clients.list().map(({ client: { clientId } }) => clientId);

test('connected clients are listed in the order in which they came', () => {
  const clients = new Clients();
  clients.connected(client('b', 1));
  clients.connected(client('a', 2));
  assert.deepEqual(ids(clients), ['b', 'a']);
  clients.disconnected('b', 1);
  assert.deepEqual(ids(clients), ['a']);
});

test('after a takeover the end of the old connection leaves the new one listed', () => {
  const clients = new Clients();
  clients.connected(client('a', 1));
  clients.connected(client('a', 2));
  clients.disconnected('a', 1);
  assert.deepEqual(ids(clients), ['a']);
  assert.equal(clients.list()[0]?.client.connectionId, 2);
});

test('a client that comes back to its session has its subscriptions', () => {
  const clients = new Clients();
  clients.connected(client('a', 1));
  clients.subscribed('a', { topicFilter: 'x/#', qos: 1 });
  clients.disconnected('a', 1);
  clients.connected(client('a', 2));
  assert.deepEqual(clients.list()[0]?.subscriptions, [{ topicFilter: 'x/#', qos: 1 }]);
});

test('subscriptions go with the session', () => {
  const clients = new Clients();
  clients.connected(client('a', 1));
  clients.subscribed('a', { topicFilter: 'x', qos: 1 });
  clients.disconnected('a', 1);
  clients.sessionEnded('a');
  clients.connected(client('a', 2));
  assert.deepEqual(clients.list()[0]?.subscriptions, []);
});

test('a second subscription to a filter replaces the first; unsubscribing removes it', () => {
  const clients = new Clients();
  clients.connected(client('a', 1));
  clients.subscribed('a', { topicFilter: 'x', qos: 0 });
  clients.subscribed('a', { topicFilter: 'x', qos: 2 });
  assert.deepEqual(clients.list()[0]?.subscriptions, [{ topicFilter: 'x', qos: 2 }]);
  clients.unsubscribed('a', 'x');
  assert.deepEqual(clients.list()[0]?.subscriptions, []);
});

test('every change is told, and nothing is told where nothing changed', () => {
  const clients = new Clients();
  let changes = 0;
  clients.onDidChange(() => changes++);
  clients.connected(client('a', 1));
  clients.subscribed('a', { topicFilter: 'x', qos: 0 });
  clients.unsubscribed('a', 'never subscribed');
  clients.disconnected('a', 99);
  clients.sessionEnded('nobody');
  assert.equal(changes, 2);
  clients.clear();
  assert.deepEqual(clients.list(), []);
  assert.equal(changes, 3);
});
