/** Who has a port, asked of this system and read from what others print; and which port is free. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { findFreePort } from '../../../src/transports/freePort.ts';
import {
  findPortOwner,
  listeningInodes,
  parseLsof,
  parseNetstat,
} from '../../../src/transports/portOwner.ts';

const asksThisSystem = { skip: process.platform !== 'linux' && 'reads /proc' };

/** 127.0.0.1, and ::1 where the machine has IPv6. */
const loopbackHosts = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .filter(({ internal }) => internal)
  .map(({ address }) => address);

for (const host of loopbackHosts) {
  test(`a process that listens on ${host} is found by its port`, asksThisSystem, async () => {
    const server = createServer().listen(0, host);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo; // listening: it has one
    assert.deepEqual(await findPortOwner(port), { pid: process.pid, name: 'node' });
    server.close();
  });
}

test('a port that nobody listens on has no owner', asksThisSystem, async () => {
  assert.equal(await findPortOwner(await findFreePort('127.0.0.1', 40_000)), undefined);
});

test('/proc/net/tcp: the inode of a listening socket, not of a connection to the same port', () => {
  const table = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 0100007F:075B 00000000:0000 0A 00000000:00000000 00:00000000 00000000   106        0 31418 1 0 100 0 0 10 0',
    '   1: 0100007F:075B 0100007F:C350 01 00000000:00000000 00:00000000 00000000   106        0 31419 1 0 100 0 0 10 0',
    '   2: 0100007F:C350 0100007F:075B 01 00000000:00000000 00:00000000 00000000   106        0 31420 1 0 100 0 0 10 0',
  ].join('\n');
  assert.deepEqual(listeningInodes(table, 1883), ['31418']);
  assert.deepEqual(listeningInodes(table, 1884), []);
  assert.deepEqual(listeningInodes('', 1883), []);
});

test("lsof's fields name process and program", () => {
  assert.deepEqual(parseLsof('p812\ncmosquitto\nf5\n'), { pid: 812, name: 'mosquitto' });
  assert.equal(parseLsof(''), undefined);
});

test("netstat's table gives the process that listens, whatever the language of its words", () => {
  const table = [
    '  Proto  Lokale Adresse         Remoteadresse          Status           PID',
    '  TCP    127.0.0.1:1883         127.0.0.1:50123        HERGESTELLT      99',
    '  TCP    0.0.0.0:1883           0.0.0.0:0              ABHÖREN         812',
    '  TCP    0.0.0.0:11883          0.0.0.0:0              ABHÖREN         813',
  ].join('\r\n');
  assert.equal(parseNetstat(table, 1883), 812);
  assert.equal(parseNetstat(table, 883), undefined);
});

test('a free port is near the wanted one, and is not the wanted one', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo; // listening: it has one
  const free = await findFreePort('127.0.0.1', port);
  assert.notEqual(free, port);
  const server = createServer().listen(free, '127.0.0.1');
  await once(server, 'listening');
  server.close();
  taken.close();
});

test('there is a free port also when the wanted one is the last', async () => {
  assert.ok((await findFreePort('127.0.0.1', 65_535)) > 0);
});
