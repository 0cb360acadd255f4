import assert from 'node:assert/strict';
import type { NetworkInterfaceInfo } from 'node:os';
import { test } from 'node:test';
import { announce } from '../../../src/discovery/announcement.ts';
import type { Probe, Response } from '../../../src/discovery/link.ts';
import type { DnsRecord, Service } from '../../../src/discovery/records.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { FakeNetwork } from './network.ts';

const plain: Service = { type: '_mqtt._tcp', port: 1883, host: '0.0.0.0' };
const tls: Service = { type: '_secure-mqtt._tcp', port: 8883, host: '0.0.0.0' };
const name = 'MQTT Workbench on studio';
const pointer = { type: 'PTR', name: '_mqtt._tcp.local' };
const srv = { type: 'SRV', name: `${name}._mqtt._tcp.local` };

function interfaceWith(address: string, internal = false): NetworkInterfaceInfo[] {
  const rest = { netmask: '255.255.255.0', mac: '02:00:00:00:00:01', cidr: `${address}/24` };
  return [{ address, family: 'IPv4', internal, ...rest }];
}

async function setUp({
  services = [plain],
  addresses = ['192.0.2.7'],
}: {
  services?: Service[];
  addresses?: string[];
} = {}) {
  const clock = new FakeClock();
  const network = new FakeNetwork();
  const log: string[] = [];
  const names: (string | undefined)[] = [];
  const machine = { addresses };
  const start = async () => {
    const announcement = announce({
      services,
      clock,
      hostName: 'studio.example.org',
      interfaces: () => ({
        lo: interfaceWith('127.0.0.1', true),
        ...Object.fromEntries(machine.addresses.map((address, i) => [`eth${i}`, interfaceWith(address)])),
      }),
      openLink: network.openLink,
      log: (level, message) => log.push(`${level} ${message}`),
      onNamed: (each) => names.push(each),
    });
    await settled();
    return announcement;
  };
  return { clock, network, log, names, machine, start };
}

/** Nothing here waits for more than promises. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

/** Until it is announced, for the second time too. */
async function announced(options?: Parameters<typeof setUp>[0]) {
  const parts = await setUp(options);
  const announcement = await parts.start();
  parts.clock.advance(2_000);
  parts.network.takeSent();
  // So that nothing was said in the last second.
  parts.clock.advance(1_000);
  return { ...parts, announcement };
}

function responseIn(sent: { message: Probe | Response } | undefined): Response {
  assert.equal(sent?.message.kind, 'response');
  return sent?.message as Response;
}

const recordsOf = (message: { message: unknown } | undefined) =>
  (message?.message as Response | undefined)?.answers.map(({ type, name: of, ttl }) => ({
    type,
    name: of,
    ttl,
  }));

test('the name is asked for three times before it is said, and said twice', async () => {
  const { clock, network, names, log, start } = await setUp();
  await start();
  clock.advance(750);
  const sent = network.takeSent();
  assert.deepEqual(
    sent.map(({ message }) => message.kind),
    ['probe', 'probe', 'probe', 'response'],
  );
  assert.deepEqual(sent[0]?.message, {
    kind: 'probe',
    names: [`${name}._mqtt._tcp.local`],
    authorities: [
      { ...srv, ttl: 120, flush: true, data: { port: 1883, target: 'studio.local' } },
      { ...srv, type: 'TXT', ttl: 4500, flush: true, data: '' },
    ],
  });
  assert.deepEqual(sent[3]?.message, {
    kind: 'response',
    answers: [
      { ...pointer, ttl: 4500, data: srv.name },
      { type: 'PTR', name: '_services._dns-sd._udp.local', ttl: 4500, data: pointer.name },
      { ...srv, ttl: 120, flush: true, data: { port: 1883, target: 'studio.local' } },
      { ...srv, type: 'TXT', ttl: 4500, flush: true, data: '' },
      { type: 'A', name: 'studio.local', ttl: 120, data: '192.0.2.7' },
    ],
    additionals: [],
  });
  clock.advance(1_000);
  assert.equal(network.takeSent().length, 1);
  clock.advance(100_000);
  assert.deepEqual(network.takeSent(), []);
  assert.deepEqual(names, [name]);
  assert.deepEqual(log, [
    `info The broker announces itself by mDNS as "${name}" (studio.local, 192.0.2.7): _mqtt._tcp on port 1883`,
  ]);
});

test('a question is answered with what is asked next', async () => {
  const { network } = await announced();
  network.hear('192.0.2.7', { questions: [{ name: '_MQTT._tcp.local', type: 'PTR' }] });
  const [answer, ...others] = network.takeSent();
  assert.deepEqual(recordsOf(answer), [{ ...pointer, ttl: 4500 }]);
  const { additionals, to } = responseIn(answer);
  assert.deepEqual(
    additionals?.map(({ type }) => type),
    ['SRV', 'TXT', 'A'],
  );
  assert.equal(to, undefined);
  assert.deepEqual(others, []);
});

test('what is not asked for, or known already, is not said', async () => {
  const { network } = await announced();
  network.hear('192.0.2.7', { questions: [{ name: '_http._tcp.local', type: 'PTR' }] });
  network.hear('192.0.2.7', { questions: [{ name: pointer.name, type: 'A' }] });
  const known = { ...pointer, ttl: 2250, data: srv.name };
  network.hear('192.0.2.7', { questions: [pointer], answers: [known] });
  assert.deepEqual(network.takeSent(), []);
  network.hear('192.0.2.7', { questions: [pointer], answers: [{ ...known, ttl: 2249 }] });
  assert.equal(network.takeSent().length, 1);
});

test('a flood of questions is answered once a second', async () => {
  const { clock, network } = await announced();
  for (let i = 0; i < 1000; i++) network.hear('192.0.2.7', { questions: [pointer] });
  assert.equal(network.takeSent().length, 1);
  clock.advance(999);
  network.hear('192.0.2.7', { questions: [pointer] });
  assert.equal(network.takeSent().length, 0);
  clock.advance(1);
  network.hear('192.0.2.7', { questions: [pointer] });
  assert.equal(network.takeSent().length, 1);
});

test('a name that was said just now is defended against one who probes for it', async () => {
  const { clock, network, start } = await setUp();
  await start();
  clock.advance(750);
  network.takeSent();
  const data = { port: 1884, target: 'studio.local' };
  const probe = { questions: [{ ...srv, type: 'ANY' }], authorities: [{ ...srv, ttl: 120, data }] };
  network.hear('192.0.2.7', probe);
  assert.deepEqual(network.takeSent(), []);
  clock.advance(250);
  for (let i = 0; i < 1000; i++) network.hear('192.0.2.7', probe);
  const [answer, ...others] = network.takeSent();
  assert.deepEqual(
    recordsOf(answer)?.map(({ type }) => type),
    ['SRV', 'TXT'],
  );
  assert.deepEqual(others, []);
});

test('who asks from another port than 5353 is answered alone, and to be forgotten soon', async () => {
  const { network } = await announced();
  const endpoint = { address: '192.0.2.9', port: 40_000 };
  network.hear('192.0.2.7', { id: 4711, questions: [srv], from: endpoint });
  const [answer] = network.takeSent();
  const { to, answers } = responseIn(answer);
  assert.deepEqual(to, { endpoint, id: 4711, question: srv });
  assert.deepEqual(answers, [
    { ...srv, ttl: 10, flush: false, data: { port: 1883, target: 'studio.local' } },
  ]);
});

test('who is not on the network of the address is not heard', async () => {
  const { network } = await announced();
  network.hear('192.0.2.7', { questions: [pointer], from: { address: '198.51.100.1', port: 5353 } });
  network.hear('192.0.2.7', { questions: [pointer], from: { address: 'not an address', port: 5353 } });
  assert.deepEqual(network.takeSent(), []);
});

test('a name that another has is left to it, and the next one asked for', async () => {
  const { clock, network, names, start } = await setUp();
  await start();
  const other: Partial<Parameters<typeof network.hear>[1]> = {
    kind: 'response',
    answers: [{ ...srv, ttl: 120, data: { port: 1884, target: 'studio.local' } } as DnsRecord],
  };
  network.hear('192.0.2.7', other);
  clock.advance(750);
  assert.deepEqual(names, [`${name} (2)`]);
});

test('our own words, heard on another network, take no name from us', async () => {
  const { clock, network, names, start } = await setUp({ addresses: ['192.0.2.7', '192.0.2.8'] });
  await start();
  clock.advance(750);
  for (const { message } of network.takeSent())
    if (message.kind === 'response')
      network.hear('192.0.2.8', { kind: 'response', answers: message.answers });
  clock.advance(10_000);
  assert.deepEqual(names, [name]);
});

test('of two that ask for a name at once, the later in order has it', async () => {
  const ofPort = (port: number) => ({
    authorities: [{ ...srv, ttl: 120, data: { port, target: 'studio.local' } }],
  });
  const winner = await setUp();
  await winner.start();
  winner.network.hear('192.0.2.7', ofPort(1882));
  winner.clock.advance(750);
  assert.deepEqual(winner.names, [name]);

  const loser = await setUp();
  await loser.start();
  loser.network.takeSent();
  loser.network.hear('192.0.2.7', ofPort(1884));
  loser.clock.advance(999);
  assert.deepEqual(loser.network.takeSent(), []);
  loser.clock.advance(751);
  assert.equal(loser.network.takeSent().length, 4);
});

test('when every name is taken, it is said once and nothing more is sent', async () => {
  const { clock, network, names, log, start } = await setUp();
  await start();
  for (let i = 1; i <= 30; i++) {
    const of = `${name}${i === 1 ? '' : ` (${i})`}._mqtt._tcp.local`;
    network.hear('192.0.2.7', {
      kind: 'response',
      answers: [{ type: 'SRV', name: of, ttl: 120, data: { port: 1, target: 'other.local' } }],
    });
  }
  network.takeSent();
  clock.advance(10_000);
  assert.deepEqual(network.takeSent(), []);
  assert.deepEqual(names, [undefined]);
  assert.deepEqual(log, [
    'warn The broker does not announce itself by mDNS: other programs have all names it would take',
  ]);
});

test('a stop takes the services back, and not the name of the machine', async () => {
  const { network, announcement } = await announced({ services: [plain, tls] });
  await announcement.stop();
  assert.deepEqual(network.takeSent().map(recordsOf), [
    [
      { ...pointer, ttl: 0 },
      { type: 'PTR', name: '_secure-mqtt._tcp.local', ttl: 0 },
    ],
  ]);
  assert.equal(network.open.size, 0);
});

test('a stop before the name was said sends nothing and leaves nothing open', async () => {
  const { clock, network, start } = await setUp();
  const announcement = await start();
  network.takeSent();
  await announcement.stop();
  clock.advance(60_000);
  assert.deepEqual(network.takeSent(), []);
  assert.equal(network.open.size, 0);
  assert.equal(clock.pendingTimers, 0);
});

test('each network is told its own address, and what is bound there', async () => {
  const services: Service[] = [plain, { ...tls, host: '198.51.100.7' }];
  const { clock, network, start } = await setUp({ services, addresses: ['192.0.2.7', '198.51.100.7'] });
  await start();
  clock.advance(750);
  const said: [string, (number | string)[]][] = [];
  for (const { address, message } of network.takeSent()) {
    if (message.kind === 'probe') continue;
    const ports = message.answers.flatMap((record) => (record.type === 'SRV' ? [record.data.port] : []));
    const addresses = message.answers.flatMap((record) => (record.type === 'A' ? [record.data] : []));
    said.push([address, [...ports, ...addresses]]);
  }
  assert.deepEqual(said, [
    ['192.0.2.7', [1883, '192.0.2.7']],
    ['198.51.100.7', [1883, 8883, '198.51.100.7']],
  ]);
});

test('another address is announced when it comes, after a goodbye on the one before', async () => {
  const { clock, network, names, machine } = await announced();
  machine.addresses = ['203.0.113.5'];
  clock.advance(5_000);
  await settled();
  assert.deepEqual(
    network.takeSent().map(({ address, message }) => [address, message.kind]),
    [
      ['192.0.2.7', 'response'],
      ['203.0.113.5', 'probe'],
    ],
  );
  clock.advance(750);
  assert.deepEqual(names, [name, undefined, name]);
  assert.deepEqual([...network.open.keys()], ['203.0.113.5']);
});

test('of what only this machine reaches nothing is said, nor any network looked at', async () => {
  const { clock, network, log, start } = await setUp({ services: [{ ...plain, host: '127.0.0.1' }] });
  const announcement = await start();
  clock.advance(60_000);
  assert.equal(network.open.size, 0);
  assert.equal(clock.pendingTimers, 0);
  assert.deepEqual(log, []);
  await announcement.stop();
});

test('without a network the log says what is waited for, and the first one is announced on', async () => {
  const { clock, names, log, machine, start } = await setUp({ addresses: [] });
  await start();
  assert.deepEqual(log, [
    'info The broker announces itself by mDNS as soon as it listens on an IPv4 address of a network',
  ]);
  machine.addresses = ['192.0.2.7'];
  clock.advance(5_000);
  await settled();
  clock.advance(750);
  assert.deepEqual(names, [name]);
});

test('networks that can’t be had are one line of the log, and the others are announced on', async () => {
  const addresses = ['192.0.2.7', '192.0.2.8', '203.0.113.5'];
  const { clock, network, names, log, start } = await setUp({ addresses });
  network.failures.set('192.0.2.7', 'EADDRINUSE').set('192.0.2.8', 'ENODEV');
  await start();
  clock.advance(750);
  assert.equal(
    log[0],
    'warn The broker does not announce itself by mDNS on 192.0.2.7 (EADDRINUSE), 192.0.2.8 (ENODEV)',
  );
  assert.equal(log.length, 2);
  assert.deepEqual(names, [name]);
});
