/**
 * How a connection ended, in words: who closed it, why, and the clause or the reason code where there is one. And over what
 * a client is connected.
 */
import '../../../support/wordsOfExtension.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientSession, ClientState, ConnectionEnd } from '../../../../src/contracts/clients.ts';

const { clientDescription, clientFacts, formatEnd } = await import(
  '../../../../src/extension/words/clientWords.ts'
);

const qosInvalid = {
  kind: 'protocolError',
  ...{ message: 'QoS 3 is none.', clause: 'MQTT-3.3.1-4', errorCode: 'qos-invalid' },
} as const;
const refusal = { reasonCode: 0x87, reasonName: 'Not authorized', message: 'The password is wrong.' };

const told: {
  readonly [Kind in ConnectionEnd['kind']]: readonly (readonly [ConnectionEnd & { kind: Kind }, string])[];
} = {
  clientDisconnected: [
    [
      { kind: 'clientDisconnected', reasonCode: 0, reasonName: 'Normal disconnection' },
      'The client disconnected, with DISCONNECT.',
    ],
    [
      { kind: 'clientDisconnected', reasonCode: 4, reasonName: 'Disconnect with Will Message' },
      'The client disconnected, with DISCONNECT: 0x04 Disconnect with Will Message.',
    ],
  ],
  networkClosed: [
    [{ kind: 'networkClosed' }, 'The client’s side closed the connection without a DISCONNECT.'],
    [
      { kind: 'networkClosed', message: 'read ECONNRESET' },
      'The connection broke, without a DISCONNECT: read ECONNRESET',
    ],
  ],
  keepAliveTimeout: [
    [
      { kind: 'keepAliveTimeout', keepAliveSeconds: 5 },
      'The broker gave the client up: nothing came from it for 7.5 s, one and a half times its keep alive of 5 s. [MQTT-3.1.2-22]',
    ],
  ],
  takenOver: [
    [
      { kind: 'takenOver', byRemoteAddress: '10.0.0.8:1025' },
      'The broker closed it: 10.0.0.8:1025 connected with the same client id. [MQTT-3.1.4-3]',
    ],
  ],
  protocolError: [
    [
      { ...qosInvalid, packetKind: 'publish', byteOffset: 0 },
      'The broker closed it for a fault in PUBLISH, byte 0: QoS 3 is none. [MQTT-3.3.1-4] (qos-invalid)',
    ],
    [
      { ...qosInvalid, packetKind: 'publish' },
      'The broker closed it for a fault in PUBLISH: QoS 3 is none. [MQTT-3.3.1-4] (qos-invalid)',
    ],
    [qosInvalid, 'The broker closed it for a fault: QoS 3 is none. [MQTT-3.3.1-4] (qos-invalid)'],
    [
      { ...qosInvalid, packetKind: 'subscribe', byteOffset: 1200, clause: '3.8.3.1' },
      'The broker closed it for a fault in SUBSCRIBE, byte 1,200: QoS 3 is none. [section 3.8.3.1] (qos-invalid)',
    ],
  ],
  refused: [
    [
      { kind: 'refused', ...refusal },
      'The broker refused the client: The password is wrong. (0x87 Not authorized)',
    ],
  ],
  reAuthenticationFailed: [
    [
      { kind: 'reAuthenticationFailed', ...refusal },
      'The broker closed it, as the client could not show again who it is: The password is wrong. (0x87 Not authorized)',
    ],
  ],
  connectTimeout: [
    [
      { kind: 'connectTimeout', timeoutSeconds: 30 },
      'The broker closed it: the client was not let in within 30 s.',
    ],
  ],
  serverDisconnected: [
    [
      { kind: 'serverDisconnected', ...refusal },
      'The broker closed it: The password is wrong. (0x87 Not authorized)',
    ],
  ],
  storeFailed: [
    [
      { kind: 'storeFailed', ...refusal },
      'The broker closed it: The password is wrong. (0x87 Not authorized)',
    ],
  ],
  connectionCut: [
    [
      { kind: 'connectionCut', message: 'Cut off by hand.' },
      'Its socket was closed without a DISCONNECT: Cut off by hand.',
    ],
  ],
  internalError: [
    [
      { kind: 'internalError', message: 'It broke.' },
      'The broker met a bug of its own, and closed it: It broke. The log has more.',
    ],
  ],
};

for (const [kind, ends] of Object.entries(told))
  test(`the end ${kind} says who closed, and why`, () => {
    for (const [end, words] of ends) assert.equal(formatEnd(end), words);
  });

for (const [end, words, short] of [
  [
    { kind: 'networkClosed', fault: { name: 'close', did: 'ended' } },
    'An injected fault closed the connection: Close During the Handshake.',
    'closed by an injected fault',
  ],
  [
    { kind: 'keepAliveTimeout', keepAliveSeconds: 5, fault: { name: 'natTimeout', did: 'silenced' } },
    'The broker gave the client up: nothing came from it for 7.5 s, as an injected fault held it back: NAT Timeout.',
    'held back by an injected fault',
  ],
  [
    { kind: 'networkClosed', fault: { name: 'drop', did: 'touched' } },
    'The client’s side closed the connection without a DISCONNECT. An injected fault had acted on the connection: Drop Packets.',
    'left without DISCONNECT',
  ],
  [
    { kind: 'takenOver', byRemoteAddress: '10.0.0.8:1025', fault: { name: 'halfOpen', did: 'silenced' } },
    'The broker closed it: 10.0.0.8:1025 connected with the same client id. [MQTT-3.1.4-3] An injected fault had acted on the connection: Half-Open Connection.',
    'taken over',
  ],
] satisfies [ConnectionEnd, string, string][])
  test(`the end ${end.kind} that a fault has ${end.fault.did} by ${end.fault.name} says so where it may be its doing`, () => {
    assert.equal(formatEnd(end), words);
    const gone = { clientId: 'board', isWorkbench: false, state: 'gone', warnings: 0 } as const;
    const last = { remoteAddress: '10.0.0.7:1', endedAtMs: 0, end };
    assert.equal(clientDescription({ ...gone, last }), `gone · ${short}`);
  });

test('what a device sent is told on one line, and cut', () => {
  const words = formatEnd({ ...qosInvalid, message: `a\nb${'x'.repeat(1000)}` });
  assert.match(words, /^The broker closed it for a fault: a␊bx+… \[MQTT-3\.3\.1-4\] \(qos-invalid\)$/);
  assert.ok(words.length < 400, words);
});

for (const [transportKind, words] of Object.entries({
  mqtt: 'TCP',
  mqtts: 'TLS',
  ws: 'WebSocket',
  wss: 'WebSocket over TLS',
  unix: 'Unix socket',
}))
  test(`a client that came by ${transportKind} is connected over ${words}`, () => {
    const detail = {
      ...({ clientId: 'board', isWorkbench: false, state: 'connected', warnings: 0, found: [] } as const),
      ...({ remoteAddress: '192.0.2.14:50123', protocolVersion: 5, transportKind } as const),
    };
    const [connection] = clientFacts(detail, 0);
    assert.equal(connection?.value, `192.0.2.14:50123 · MQTT 5.0 · ${words}`);
  });

const session = {
  ...{ keepAliveSeconds: 60, cleanStart: false, sessionExpirySeconds: 3600 },
  ...{ subscriptions: [], subscriptionCount: 0, inflightMessages: 0, queuedMessages: 0, heldBytes: 0 },
} satisfies ClientSession;

function factOf(key: string, state: ClientState, held: Partial<ClientSession>): string | undefined {
  const board = { clientId: 'board', isWorkbench: false, warnings: 0, found: [] };
  const facts = clientFacts({ ...board, state, session: { ...session, ...held } }, 0);
  return facts.find((fact) => fact.key === key)?.value;
}

test('the keep alive says when a silent client is given up, as that is later', () => {
  assert.equal(
    factOf('keepAlive', 'connected', { deadlineInMs: 88_900 }),
    '60 s · given up after 90 s, 89 s left',
  );
  assert.equal(factOf('keepAlive', 'stored', {}), '60 s');
});

test('the will of a client that is away says what became of it, or nothing where nobody knows', () => {
  const will = { topic: 'gone', qos: 1, retain: true, payloadBytes: 7, delaySeconds: 60 } as const;
  const known = { sessionPresent: false };
  for (const [held, words] of [
    [{ ...known, willEnd: 'published' }, 'published after the connection ended'],
    [{ ...known, willEnd: 'discarded' }, 'discarded by DISCONNECT'],
    [{ ...known, willEnd: 'denied' }, 'not published: the access rules do not let the client'],
    [{ ...known, will }, 'gone · QoS 1 · retained · 7 bytes · after 1 min'],
    [{ willEnd: 'published' }, 'published after the connection ended'],
    [{ will }, 'gone · QoS 1 · retained · 7 bytes · after 1 min'],
    [known, 'none'],
    [{}, undefined],
  ] as const)
    assert.equal(factOf('will', 'stored', held), words);
});

test('a session says how it began, as Session Present has it', () => {
  for (const [held, words] of [
    [{ cleanStart: true, sessionPresent: false }, 'clean start'],
    [{ sessionPresent: true }, 'resumed'],
    [{ sessionPresent: false }, 'new, as there was none'],
  ] as const)
    assert.equal(factOf('session', 'connected', held), `${words} · kept for 1 h after the connection`);
  assert.equal(factOf('session', 'stored', { expiresInMs: 60_000 }), 'expires in 1 min');
});
