/** Every event of the broker as a line of the log. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  BrokerObserver,
  ConnectionInfo,
  DisconnectCause,
  Message,
} from '../../../src/broker/observer.ts';
import type { ConnackPacket, ConnectPacket } from '../../../src/mqtt/packets.ts';
import { ProtocolError } from '../../../src/mqtt/protocolError.ts';
import { createBrokerLog } from '../../../src/observation/brokerLog.ts';

const connection: ConnectionInfo = {
  connectionId: 1,
  transportKind: 'mqtt',
  remoteAddress: '192.0.2.7:50123',
  connectedAtMs: 0,
};
const connect: ConnectPacket = {
  kind: 'connect',
  protocolVersion: 4,
  cleanStart: true,
  keepAliveSeconds: 60,
  clientId: 'esp32',
};
const connack: ConnackPacket = { kind: 'connack', sessionPresent: false, reasonCode: 0 };
const message: Message = { topic: 'a/b', payload: new Uint8Array(1), qos: 0, retain: false };

/** What one event writes: `level message` for each line. */
function linesOf(cause: (observer: Required<BrokerObserver>) => void): string[] {
  const lines: string[] = [];
  const observer = createBrokerLog((_kind, level, word) => lines.push(`${level} ${word()}`));
  cause(observer as Required<BrokerObserver>); // the events that the tests use are there
  return lines;
}

const closeLine = (clientId: string | undefined, cause: DisconnectCause): string =>
  linesOf((observer) => observer.connectionClosed(connection, clientId, cause)).join('\n');

test('a client that connects is told with what it asked for', () => {
  const will = { topic: 'gone', payload: new Uint8Array(), qos: 0, retain: false } as const;
  assert.deepEqual(
    linesOf((observer) => {
      observer.connectionOpened(connection);
      observer.clientConnected(connection, 'esp32', connect, connack);
      observer.clientConnected(
        { ...connection, transportKind: 'wss' },
        'esp32',
        { ...connect, protocolVersion: 5, keepAliveSeconds: 0, username: 'dev', will },
        { ...connack, sessionPresent: true },
      );
    }),
    [
      'debug 192.0.2.7:50123 opened a connection over TCP',
      'info Client "esp32" connected from 192.0.2.7:50123: MQTT 3.1.1 over TCP, keep alive 60 s',
      'info Client "esp32" connected from 192.0.2.7:50123: MQTT 5.0 over WebSocket over TLS, no keep alive, user "dev", will on "gone", session resumed',
    ],
  );
});

test('a client that was given another keep alive is told with both', () => {
  const given = { ...connack, properties: { serverKeepAlive: 60 } };
  const asking = (keepAliveSeconds: number) => ({
    ...connect,
    ...({ protocolVersion: 5 } as const),
    keepAliveSeconds,
  });
  const lines = linesOf((observer) => {
    observer.clientConnected(connection, 'esp32', asking(1200), given);
    observer.clientConnected(connection, 'esp32', asking(0), given);
  });
  assert.match(lines[0] ?? '', /: MQTT 5\.0 over TCP, keep alive 60 s in place of 1200$/);
  assert.match(lines[1] ?? '', /, keep alive 60 s in place of none$/);
});

test('a packet that breaks the standard is told with client, packet, byte, clause, reason code and the code of docs/errors.md', () => {
  const error = new ProtocolError({
    code: 'topic-name-invalid',
    reasonCode: 0x81,
    clause: 'MQTT-3.3.2-2',
    packetKind: 'publish',
    byteOffset: 5,
    message: 'The topic name has a "#".',
  });
  assert.equal(
    closeLine('esp32', { kind: 'protocolError', error }),
    'error Client "esp32" at 192.0.2.7:50123 is disconnected: PUBLISH, byte 5: The topic name has a "#". [MQTT-3.3.2-2] (0x81 Malformed Packet, topic-name-invalid)',
  );
});

test('a fault outside any packet, and one that the standard does not number, are told with what is known', () => {
  const error = new ProtocolError({
    code: 'packet-type-reserved',
    reasonCode: 0x81,
    clause: '2.1.2',
    message: 'Type 0 is reserved.',
  });
  assert.equal(
    closeLine(undefined, { kind: 'protocolError', error }),
    'error 192.0.2.7:50123 is disconnected: Type 0 is reserved. [section 2.1.2] (0x81 Malformed Packet, packet-type-reserved)',
  );
});

test('who leaves after the TLS handshake, before a CONNECT, is told of with what that means', () => {
  const lines: string[] = [];
  const log = createBrokerLog((_kind, _level, word) => lines.push(word()));
  const overTls = { ...connection, transportKind: 'mqtts' } as const;
  log.connectionClosed?.(overTls, undefined, { kind: 'networkClosed' });
  log.connectionClosed?.(overTls, 'c', { kind: 'networkClosed' });
  assert.deepEqual(lines, [
    "192.0.2.7:50123 closed the connection before it sent a CONNECT. Over TLS that is mostly a client that does not accept the broker's certificate: its CA, its name or the time",
    'Client "c" at 192.0.2.7:50123 closed the connection without a DISCONNECT',
  ]);
});

for (const [cause, clientId, line] of [
  [{ kind: 'clientDisconnected', reasonCode: 0 }, 'c', 'info Client "c" at 192.0.2.7:50123 disconnected'],
  [
    { kind: 'clientDisconnected', reasonCode: 4 },
    'c',
    'info Client "c" at 192.0.2.7:50123 disconnected: 0x04 Disconnect with Will Message',
  ],
  [
    { kind: 'networkClosed' },
    'c',
    'info Client "c" at 192.0.2.7:50123 closed the connection without a DISCONNECT',
  ],
  [
    { kind: 'networkClosed', message: 'read ECONNRESET' },
    undefined,
    'info 192.0.2.7:50123 closed the connection before it sent a CONNECT: read ECONNRESET',
  ],
  [
    { kind: 'keepAliveTimeout', keepAliveSeconds: 10 },
    'c',
    'warn Client "c" at 192.0.2.7:50123 is disconnected: nothing came from it for 1.5 times its keep alive of 10 s',
  ],
  [
    { kind: 'takenOver', byConnectionId: 2, byRemoteAddress: '192.0.2.8:1' },
    'c',
    'warn Client "c" at 192.0.2.7:50123 is disconnected: 192.0.2.8:1 connected with the same client id',
  ],
  [
    { kind: 'reAuthenticationFailed', reasonCode: 0x87, message: 'the password is wrong' },
    'c',
    'warn Client "c" at 192.0.2.7:50123 is disconnected, as it could not show again who it is: the password is wrong (0x87 Not authorized)',
  ],
  [
    {
      kind: 'refused',
      reasonCode: 0x86,
      message: 'the user name or the password is wrong',
      username: 'alice',
    },
    'c',
    'warn Client "c" at 192.0.2.7:50123 is refused, as user "alice": the user name or the password is wrong (0x86 Bad User Name or Password)',
  ],
  [
    { kind: 'refused', reasonCode: 0x86, message: 'the user name or the password is wrong' },
    'c',
    'warn Client "c" at 192.0.2.7:50123 is refused: the user name or the password is wrong (0x86 Bad User Name or Password)',
  ],
  [
    { kind: 'connectTimeout', timeoutSeconds: 10 },
    undefined,
    'warn 192.0.2.7:50123 is disconnected: it sent no CONNECT within 10 s',
  ],
  [
    { kind: 'connectTimeout', timeoutSeconds: 10 },
    'c',
    'warn Client "c" at 192.0.2.7:50123 is disconnected: it was not authenticated within 10 s',
  ],
  [
    { kind: 'serverDisconnected', reasonCode: 0x8b, message: 'The broker stops.' },
    'c',
    'info Client "c" at 192.0.2.7:50123 is disconnected: The broker stops. (0x8B Server shutting down)',
  ],
] satisfies [DisconnectCause, string | undefined, string][]) {
  test(`an end by ${cause.kind} is told: ${line}`, () => assert.equal(closeLine(clientId, cause), line));
}

for (const [did, cause, line] of [
  [
    'ended',
    { kind: 'networkClosed' },
    'info Client "c" at 192.0.2.7:50123 is disconnected by fault 1.1 (close)',
  ],
  [
    'silenced',
    { kind: 'keepAliveTimeout', keepAliveSeconds: 10 },
    'warn Client "c" at 192.0.2.7:50123 is disconnected: fault 1.1 (close) held back what it sent, and nothing came from it for 1.5 times its keep alive of 10 s',
  ],
  [
    'touched',
    { kind: 'keepAliveTimeout', keepAliveSeconds: 10 },
    'warn Client "c" at 192.0.2.7:50123 is disconnected: nothing came from it for 1.5 times its keep alive of 10 s; fault 1.1 (close) had acted on the connection',
  ],
  [
    'touched',
    { kind: 'clientDisconnected', reasonCode: 4 },
    'info Client "c" at 192.0.2.7:50123 disconnected: 0x04 Disconnect with Will Message; fault 1.1 (close) had acted on the connection',
  ],
  [
    'touched',
    { kind: 'clientDisconnected', reasonCode: 0 },
    'info Client "c" at 192.0.2.7:50123 disconnected',
  ],
  [
    'ended',
    { kind: 'refused', reasonCode: 0x88, message: 'Refused on purpose: fault 1.1 is on.' },
    'warn Client "c" at 192.0.2.7:50123 is refused: Refused on purpose: fault 1.1 is on. (0x88 Server unavailable)',
  ],
] satisfies ['ended' | 'silenced' | 'touched', DisconnectCause, string][])
  test(`an end that a fault has ${did} is told: ${line}`, () => {
    const touched = { ...connection, fault: { rule: '1.1', name: 'close', did } };
    assert.deepEqual(
      linesOf((observer) => observer.connectionClosed(touched, 'c', cause)),
      [line],
    );
  });

test('a client id that two devices use is told with both addresses, the pace, and what to do', () => {
  assert.deepEqual(
    linesOf((observer) => {
      observer.clientIdShared('sensor', {
        addresses: ['192.0.2.7', '192.0.2.9'],
        isOneHost: false,
        takeovers: 3,
        periodMs: 4000,
      });
      observer.clientIdShared('sensor', {
        addresses: ['127.0.0.1:50001', '127.0.0.1:50002'],
        isOneHost: true,
        takeovers: 5,
        periodMs: 4321,
      });
    }),
    [
      'warn Two devices use the client id "sensor": 192.0.2.7 and 192.0.2.9 took the session from each other 3 times in 4 s; give each its own, e.g. from its MAC address',
      'warn Two programs on one host use the client id "sensor", or one that reconnects without closing: the session was taken over 5 times in 4.3 s, at last by 127.0.0.1:50002 from 127.0.0.1:50001; give each its own, e.g. from its MAC address',
    ],
  );
});

test('a bug of ours is told on one line, with its place', () => {
  const line = closeLine('c', { kind: 'internalError', error: new Error('boom') });
  assert.match(
    line,
    /^error Client "c" at .* is disconnected\. This is a bug in the broker; please report it: Error: boom \| at /,
  );
  assert.ok(!line.includes('\n'));
  assert.match(linesOf((observer) => observer.internalError('x'))[0] ?? '', /please report it: x$/);
});

test('subscriptions are told with the QoS that was granted, and refusals with the reason', () => {
  const subscription = {
    topicFilter: 'a/#',
    qos: 2,
    noLocal: false,
    retainAsPublished: false,
    retainHandling: 0,
  } as const;
  assert.deepEqual(
    linesOf((observer) => {
      observer.subscribed('c', subscription, 2);
      observer.subscribed('c', subscription, 1);
      observer.subscribed('c', subscription, 0x87);
      observer.unsubscribed('c', 'a/#');
    }),
    [
      'info Client "c" subscribed to "a/#" with QoS 2',
      'info Client "c" subscribed to "a/#" with QoS 1 instead of 2',
      'warn Client "c" may not subscribe to "a/#": 0x87 Not authorized',
      'debug Client "c" unsubscribed from "a/#"',
    ],
  );
});

test('who a client has shown to be is told where connectionECT does not say it', () => {
  const accepted = { outcome: { kind: 'accepted' }, isReAuthentication: false } as const;
  assert.deepEqual(
    linesOf((observer) => {
      observer.authenticated(connection, 'c', { ...accepted, username: 'dev', by: 'SCRAM-SHA-256' });
      observer.authenticated(connection, 'c', {
        ...accepted,
        username: 'dev',
        by: 'SCRAM-SHA-256',
        isReAuthentication: true,
      });
      observer.authenticated(connection, 'c', { ...accepted, username: 'dev', by: 'password' });
      observer.authenticated(connection, 'c', { ...accepted, username: undefined, by: 'anonymous' });
      // Told when the connection closes.
      const outcome = { kind: 'refused', reasonCode: 0x86, message: 'wrong' } as const;
      observer.authenticated(connection, 'c', { ...accepted, username: 'dev', by: 'password', outcome });
    }),
    [
      'info Client "c" at 192.0.2.7:50123 is user "dev", by SCRAM-SHA-256',
      'info Client "c" at 192.0.2.7:50123 is still user "dev", by SCRAM-SHA-256',
      'debug Client "c" at 192.0.2.7:50123 is user "dev", by password',
      'debug Client "c" at 192.0.2.7:50123 is without a user name, and nothing was asked to prove it',
    ],
  );
});

test('a message that is dropped or denied is told with its topic', () => {
  assert.deepEqual(
    linesOf((observer) => {
      observer.messageDropped(message, 'c', 'queueFull');
      observer.messageDropped(message, undefined, 'retainedFull');
      observer.accessDenied('c', 'publish', 'a/b');
      // Told by other events, with the reason.
      observer.accessDenied('c', 'connect', 'c');
      observer.accessDenied('c', 'subscribe', 'a/b');
    }),
    [
      'warn A message on "a/b" for client "c" is dropped: the queue of messages that wait for it is full',
      'warn A message on "a/b" is dropped: the store of retained messages is full',
      'warn Client "c" may not publish to "a/b": its access rules do not allow it',
    ],
  );
});

test('a device can write no line of its own, colour no terminal and flood no line', () => {
  const [line = ''] = linesOf((observer) =>
    observer.sessionEnded(`x\n2026 info fake\u001b[31m\u202e\u0085\u2028${'y'.repeat(500)}`),
  );
  assert.equal(
    line,
    `debug The session of client "x\\n2026 info fake\\u001b[31m\\u202e\\u0085\\u2028${'y'.repeat(76)}…" ended`,
  );
});

test('nothing is said of messages that arrive: at 10,000 a second the log would be of no use', () => {
  const observer = createBrokerLog(() => undefined);
  for (const event of [
    'messagePublished',
    'messageDelivered',
    'retainedChanged',
    'packetReceived',
    'packetSent',
  ] as const)
    assert.equal(observer[event], undefined);
});

test('a store that fails is told with what to do, then each connection that it ends, then its recovery', () => {
  assert.deepEqual(
    linesOf((observer) => {
      observer.storeFailing('The disk is full. Make room.');
      observer.connectionClosed(connection, 'esp32', {
        kind: 'storeFailed',
        reasonCode: 0x97,
        message: 'The broker could not store it.',
      });
      observer.storeRecovered();
    }),
    [
      "error Sessions and messages can't be stored. The disk is full. Make room. Until then, a client whose messages need the store is disconnected, without an acknowledgement",
      'warn Client "esp32" at 192.0.2.7:50123 is disconnected: The broker could not store it. (0x97 Quota exceeded)',
      'info Sessions and messages are stored again, and nothing is lost',
    ],
  );
});

test('a limit that is reached is told the first time, and then ever more rarely', () => {
  const lines = linesOf((observer) => {
    for (let times = 1; times <= 999; times++) observer.limitReached('maxSubscriptions', 5, times);
  });
  assert.deepEqual(lines, [
    'warn The limit maxSubscriptions, which is 5, was reached for the first time; what happens then, and how to change it: docs/limits.md',
    'warn The limit maxSubscriptions, which is 5, was reached 10 times so far; what happens then, and how to change it: docs/limits.md',
    'warn The limit maxSubscriptions, which is 5, was reached 100 times so far; what happens then, and how to change it: docs/limits.md',
  ]);
});
