/** Every kind of warning in words: what was seen of this client, why it matters, and what to change; and its line in the log. */
import '../../../support/wordsOfExtension.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogOutputChannel } from 'vscode';
import type { ClientWarning, ConnectionEnd, WarningFacts } from '../../../../src/contracts/clients.ts';
import { EngineClient, type EngineThreadHandlers } from '../../../../src/extension/engineClient.ts';
import { FakeEngineThread } from '../fakeEngineThread.ts';

const { formatSightings, formatWarning, warningLine } = await import(
  '../../../../src/extension/words/warningWords.ts'
);
const { followWarnings } = await import('../../../../src/extension/followWarnings.ts');

interface Told {
  readonly title: string;
  /** All of it: it holds the numbers and the names. */
  readonly seen: string;
  readonly why: RegExp;
  readonly change: RegExp;
}

/** Some kinds have their facts in common. */
type Facts<Kind extends WarningFacts['kind']> = WarningFacts extends infer Each
  ? Each extends { kind: infer Kinds }
    ? Kind extends Kinds
      ? Each
      : never
    : never
  : never;

const told: { readonly [Kind in WarningFacts['kind']]: readonly [Facts<Kind>, Told] } = {
  keepAliveOff: [
    { kind: 'keepAliveOff' },
    {
      title: 'No keep alive',
      seen: 'It connected with a keep alive of 0, which is none.',
      why: /neither side notices: .* its will never goes out/,
      change: /Set a keep alive: 30 to 120 s/,
    },
  ],
  keepAliveLong: [
    { kind: 'keepAliveLong', keepAliveSeconds: 3600 },
    {
      title: 'Keep alive longer than NAT remembers',
      seen: 'Its keep alive is 3,600 s.',
      why: /forget a connection that is silent.* nothing reaches the device, and nobody is told/,
      change: /below 240 s/,
    },
  ],
  keepAliveShort: [
    { kind: 'keepAliveShort', keepAliveSeconds: 3 },
    {
      title: 'Keep alive so short that it floods',
      seen: 'Its keep alive is 3 s.',
      why: /keeps its radio awake; and a network that stalls for 4\.5 s ends its connection/,
      change: /30 s or more/,
    },
  ],
  pingsLate: [
    { kind: 'pingsLate', keepAliveSeconds: 10, quietMs: 12_340 },
    {
      title: 'Pings come late',
      seen: 'Twice nothing came from it for longer than its keep alive of 10 s; the last time for 12.3 s.',
      why: /forgives up to one and a half times the keep alive.* in the field it drops/,
      change: /Call the client’s loop more often.*; or set a longer one/,
    },
  ],
  willNeverSet: [
    { kind: 'willNeverSet', ends: 2 },
    {
      title: 'No will',
      seen: 'It was lost 2 times without a DISCONNECT, and had no will.',
      why: /Nobody is told that it is gone/,
      change: /Set a will at CONNECT, as a retained “offline”/,
    },
  ],
  willNeverCleared: [
    { kind: 'willNeverCleared', topic: 'lab/board/state' },
    {
      title: 'Its will stays after it came back',
      seen: 'It is connected, and the retained message of lab/board/state still is what its will says.',
      why: /told that it is gone, while it is here/,
      change: /After each CONNACK, publish the opposite of the will to that topic, retained/,
    },
  ],
  exchangeOpen: [
    { kind: 'exchangeOpen', awaited: 'pubcomp', packetId: 17, count: 3, openMs: 42_000 },
    {
      title: 'QoS 2 left open',
      seen: 'The PUBCOMP for packet identifier 17 has not come for 42 s; 3 messages of QoS 1 and 2 are open.',
      why: /holds a packet identifier and memory on both sides.* no more messages pass/,
      change: /all four steps \(PUBREC, PUBREL, PUBCOMP\), also after it reconnected; or use QoS 1/,
    },
  ],
  retainedCommand: [
    { kind: 'retainedCommand', topic: 'lab/lamp/set' },
    {
      title: 'Retained command',
      seen: 'It published to lab/lamp/set with RETAIN, and the topic is named like a command.',
      why: /gets the old command again each time that it subscribes, as after a restart/,
      change: /without RETAIN\. Clear this one with Clear Retained Message/,
    },
  ],
  nothingQueued: [
    { kind: 'nothingQueued', topicFilter: 'jobs/#', missed: 1 },
    {
      title: 'Clean start, and nothing is queued',
      seen: 'While it was away, 1 message came for its subscription to jobs/#, and none was kept for it.',
      why: /its session ends with its connection: what comes while it is away is lost/,
      change:
        /clean flag off \(in 5\.0 also with a Session Expiry Interval\).*; or publish the state retained/,
    },
  ],
  largerThanAnnounced: [
    { kind: 'largerThanAnnounced', topic: 'lab/config', payloadBytes: 2000, maximumPacketSize: 1024 },
    {
      title: 'Messages too large for it',
      seen: 'A message of 2 KiB on lab/config was not sent to it: it announced that it takes packets up to 1 KiB.',
      why: /dropped: the device never learns of it/,
      change: /Raise its Maximum Packet Size and the buffer behind it/,
    },
  ],
  largerThanLibrary: [
    {
      kind: 'largerThanLibrary',
      ...{ topic: 'lab/config', packetBytes: 300, library: 'PubSubClient', bufferBytes: 256, isSplit: false },
    },
    {
      title: 'Larger than its library’s buffer',
      seen: 'A packet of 300 bytes on lab/config was sent to it, and by its client id it runs PubSubClient, which takes 256 bytes unless changed.',
      why: /the message vanishes on the device, without an error on either side/,
      change: /Raise the buffer of the library/,
    },
  ],
  reconnectLoop: [
    {
      kind: 'reconnectLoop',
      ...{ connections: 5, periodMs: 90_400, end: { kind: 'keepAliveTimeout', keepAliveSeconds: 60 } },
    },
    {
      title: 'Connects again and again',
      seen: 'Its last 5 connections ended without a DISCONNECT, 90.4 s apart on average.',
      why: /silent for too long each time/,
      change: /Call the client’s loop within each keep alive.* set a shorter one/,
    },
  ],
  samePayload: [
    { kind: 'samePayload', topic: 'lab/t', messages: 30, spanMs: 14_250, payloadBytes: 1 },
    {
      title: 'The same payload again and again',
      seen: 'The last 30 messages on lab/t, in 14.3 s, are the same 1 byte.',
      why: /costs power and air time and says nothing; or a sensor is stuck/,
      change: /Publish on change, and retained/,
    },
  ],
  clientIdShared: [
    {
      kind: 'clientIdShared',
      ...{ addresses: ['10.0.0.7:1024', '10.0.0.8:1025'], isOneHost: false, takeovers: 3, periodMs: 12_000 },
    },
    {
      title: 'Two devices with one client id',
      seen: '10.0.0.7:1024 and 10.0.0.8:1025 took the session from each other 3 times in 12 s.',
      why: /each that comes ends the other, and both lose messages/,
      change: /Give each device its own, as from its MAC address/,
    },
  ],
};

for (const [kind, [facts, { title, seen, why, change }]] of Object.entries(told)) {
  test(`${kind} says what was seen, why it matters and what to change`, () => {
    const text = formatWarning({ facts });
    assert.deepEqual({ title: text.title, seen: text.seen }, { title, seen });
    assert.match(text.why, why);
    assert.match(text.change, change);
  });
}

test('an exchange that is the only one open is told of alone', () => {
  const facts = { kind: 'exchangeOpen', awaited: 'pubrec', packetId: 2, count: 1, openMs: 30_000 } as const;
  const { seen } = formatWarning({ facts });
  assert.equal(seen, 'The PUBREC for packet identifier 2 has not come for 30 s.');
});

test('a library that hands a large message over in parts loses none, and is told so', () => {
  const [facts] = told.largerThanLibrary;
  assert.match(formatWarning({ facts: { ...facts, isSplit: true } }).why, /arrives in parts.*half a message/);
});

test('a reconnect loop is told by how its connections end', () => {
  const outcome = { reasonCode: 0x87, reasonName: 'Not authorized', message: 'The password is wrong.' };
  const fault = { message: 'QoS 3\nis none', clause: 'MQTT-3.3.1-4', errorCode: 'qos-invalid' };
  const ends: [ConnectionEnd, RegExp][] = [
    [{ kind: 'refused', ...outcome }, /^The broker does not let it in: The password is wrong\.$/],
    [{ kind: 'protocolError', ...fault }, /^It breaks the standard each time: QoS 3␊is none$/],
    [{ kind: 'networkClosed' }, /^Its own side closes: as a watchdog that restarts it/],
  ];
  for (const [end, why] of ends) {
    const text = formatWarning({ facts: { ...told.reconnectLoop[0], end } });
    assert.match(text.why, why);
    assert.match(text.change, /^See its last disconnect.* wait longer from one attempt to the next\.$/);
  }
});

test('a loop of a board that closes nothing is told as resets; or as two programs, of which nothing tells it', () => {
  const end = { kind: 'takenOver', byRemoteAddress: '192.0.2.7:50002' } as const;
  const { why, change } = formatWarning({ facts: { ...told.reconnectLoop[0], end } });
  assert.match(why, /^It came back without closing its connection: .* a watchdog, a brownout, a power cut/);
  assert.match(why, /Or two programs at 192\.0\.2\.7 use its client id/);
  assert.match(change, /^Unless you reset or flashed it: .* reset reason .* If there are two/);
});

test('two programs on one host are named by it, not as two devices, with a time that is never 0', () => {
  const { title, seen, change } = formatWarning({
    facts: {
      kind: 'clientIdShared',
      ...{ addresses: ['127.0.0.1:1', '127.0.0.1:2'], isOneHost: true, takeovers: 5, periodMs: 3 },
    },
  });
  assert.equal(
    seen,
    'Two programs on 127.0.0.1 use this client id, or one that opens a connection without closing the one before: 5 takeovers in 0.1 s, at last by 127.0.0.1:2 from 127.0.0.1:1.',
  );
  assert.equal(title, 'Two connections with one client id');
  assert.match(change, /^Give each program its own; /);
});

const warning = (facts: WarningFacts, clientId = 'board-7'): ClientWarning => ({
  ...{ clientId, atMs: 0, lastAtMs: 0, times: 1, facts },
});

test('what is said of a warning has how often it was seen, and when last', () => {
  const once = warning({ kind: 'keepAliveOff' });
  const timeOf = (ms: number): string => new Date(ms).toLocaleTimeString('en');
  assert.equal(formatSightings(once), `Seen once, at ${timeOf(0)}.`);
  assert.equal(
    formatSightings({ ...once, lastAtMs: 61_000, times: 1234 }),
    `Seen 1,234 times, first at ${timeOf(0)}, last at ${timeOf(61_000)}.`,
  );
});

test('the log has each in one line, with the client and the heading of the page that says more', () => {
  for (const [facts] of Object.values(told)) {
    const { seen, why, change } = formatWarning({ facts });
    const page = `docs/warnings.md#${facts.kind.toLowerCase()}`;
    assert.equal(warningLine(warning(facts)), `Client board-7: ${seen} ${why} ${change} (${page})`);
  }
});

test('what devices chose is in the line as visible text, and short', () => {
  const line = warningLine(warning({ kind: 'retainedCommand', topic: `a\nb/${'x'.repeat(500)}` }, 'c\r\nd'));
  assert.match(line, /^Client c␍␊d: It published to a␊b\/x+… with RETAIN/);
  assert.ok(line.length < 500, line);
});

test('warnings that are found are logged as warnings; a shared client id is told of by the broker itself', () => {
  const lines: string[] = [];
  let thread: FakeEngineThread | undefined;
  const engine = new EngineClient((handlers: EngineThreadHandlers) => {
    thread = new FakeEngineThread(handlers);
    return thread;
  });
  // All that it uses of the channel.
  const log = { warn: (line: string) => lines.push(line) } as unknown as LogOutputChannel;
  const following = followWarnings({ engine, log });
  void engine.call('listSubscriptions', {});
  const found = [told.keepAliveOff, told.clientIdShared, told.willNeverSet].map(([facts]) => warning(facts));
  thread?.event('warningsFound', found);
  assert.deepEqual(lines, [warningLine(found[0]!), warningLine(found[2]!)]); // three are there
  following.dispose();
  thread?.event('warningsFound', found);
  assert.equal(lines.length, 2);
});
