/** AUTH and enhanced authentication: sections 3.15 and 4.12. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anonymousPolicy } from '../../src/broker/access/anonymousPolicy.ts';
import { createCredentialsPolicy } from '../../src/broker/access/credentialsPolicy.ts';
import type { AccessPolicy, AuthenticationStep, ConnectAttempt } from '../../src/broker/accessPolicy.ts';
import type { AuthenticationDecision, DisconnectCause } from '../../src/broker/observer.ts';
import type { AuthPacket, ConnectPacket } from '../../src/mqtt/packets.ts';
import { BrokerOverNetwork } from '../support/brokerOverNetwork.ts';
import { concat, frame, hex, utf8 } from '../support/bytes.ts';
import { connectBytes } from '../support/connectBytes.ts';
import type { RawClient } from '../support/rawClient.ts';
import { bytesOf, ScramClient, textOf } from '../support/scramClient.ts';

type StepFor = (
  said: string | undefined,
  attempt: ConnectAttempt,
) => AuthenticationStep | Promise<AuthenticationStep>;

/** A method "M" that answers what a client says as the test tells it to. */
function policyWith(stepFor: StepFor): AccessPolicy {
  const begin = (attempt: ConnectAttempt) => ({
    step: (data: Uint8Array | undefined) => stepFor(data && textOf(data), attempt),
  });
  return { ...anonymousPolicy, authenticationMethods: new Map([['M', begin]]) };
}

/** Asks once, "q", and lets in who answers "yes"; "again" is asked for once more. */
function askOnce(said: string | undefined): AuthenticationStep {
  if (said === 'yes') return { kind: 'accepted', username: 'user', data: bytesOf('welcome') };
  if (said === 'no') return { kind: 'refused', reasonCode: 0x87, message: 'not you', data: bytesOf('sorry') };
  return { kind: 'continue', data: bytesOf('q') };
}

const method = { authenticationMethod: 'M' } as const;

function sendAuth(client: RawClient, reasonCode: number, data: string, authenticationMethod = 'M'): void {
  const authenticationData = bytesOf(data);
  client.send({ kind: 'auth', reasonCode, properties: { authenticationMethod, authenticationData } });
}

/** A client that has gone through `askOnce`. */
async function connectByMethod(
  under: BrokerOverNetwork,
  options: Partial<ConnectPacket> = {},
): Promise<RawClient> {
  const client = under.open(5);
  client.sendConnect({ properties: method, ...options });
  await client.expect('auth');
  sendAuth(client, 0x18, 'yes');
  assert.equal((await client.expect('connack')).reasonCode, 0);
  return client;
}

async function expectRefused(client: RawClient, reasonCode: number): Promise<void> {
  const connack = await client.expect('connack');
  assert.equal(connack.reasonCode, reasonCode, connack.properties?.reasonString);
  await client.expectClosed();
}

function dataOf({ properties }: AuthPacket): string {
  return textOf(properties?.authenticationData);
}

test('the server asks with AUTH 0x18, the client answers with AUTH 0x18, and CONNACK ends it, each with the method of CONNECT [MQTT-4.12.0-2] [MQTT-4.12.0-3] [MQTT-4.12.0-5] [MQTT-3.15.2-1]', async (t) => {
  const under = new BrokerOverNetwork(t, { policy: policyWith(askOnce) });
  const client = under.open(5);
  client.sendBytes(connectBytes({ level: 5, properties: [0x15, ...utf8('M'), 0x16, ...utf8('first')] }));
  assert.deepEqual(
    await client.nextBytes(),
    hex(`F0 0A
      18              # continue authentication
      08              # property length
      15 00 01 "M"    # Authentication Method
      16 00 01 "q"    # Authentication Data`),
  );
  client.sendBytes(
    hex(`F0 0A
      18 08
      15 00 01 "M"
      16 00 01 "?"`),
  );
  assert.deepEqual(await client.nextBytes(), hex('F0 0A 18 08 15 00 01 "M" 16 00 01 "q"'));
  client.sendBytes(hex('F0 0C 18 0A 15 00 01 "M" 16 00 03 "yes"'));
  const connack = await client.expect('connack');
  assert.equal(connack.reasonCode, 0);
  assert.equal(connack.properties?.authenticationMethod, 'M');
  assert.equal(textOf(connack.properties?.authenticationData), 'welcome');
  await client.ping();
});

test('a client that names no method gets no AUTH, no method in CONNACK, and is asked for its password as ever [MQTT-4.12.0-6]', async (t) => {
  const under = new BrokerOverNetwork(t, {
    policy: createCredentialsPolicy({ username: 'u', password: 'p' }),
  });
  const client = under.open(5);
  const connack = await client.connect({ username: 'u', password: bytesOf('p') });
  assert.equal(connack.properties?.authenticationMethod, undefined);
  assert.equal(connack.properties?.authenticationData, undefined);
  await client.ping();
});

test('AUTH from a client that named no method is a protocol error, where others may use one [MQTT-4.12.0-7]', async (t) => {
  const under = new BrokerOverNetwork(t, { policy: policyWith(askOnce) });
  const client = await under.connect(5, 'a');
  sendAuth(client, 0x19, 'yes');
  await client.expectDisconnected(0x82);
});

test('a method that is not known is refused with 0x8C, and those that are known are named [MQTT-4.12.0-1]', async (t) => {
  const under = new BrokerOverNetwork(t, { policy: policyWith(askOnce) });
  const client = under.open(5);
  client.sendConnect({ properties: { authenticationMethod: 'm' } });
  const connack = await client.expect('connack');
  assert.equal(connack.reasonCode, 0x8c);
  assert.equal(connack.properties?.reasonString, 'The authentication method "m" is not known here; M is.');
  await client.expectClosed();
});

test('the authentication may be rejected at any step, in CONNACK, and the end follows [MQTT-4.12.0-4]', async (t) => {
  const under = new BrokerOverNetwork(t, { policy: policyWith(askOnce) });
  const atOnce = under.open(5);
  atOnce.sendConnect({ properties: { ...method, authenticationData: bytesOf('no') } });
  const connack = await atOnce.expect('connack');
  assert.deepEqual(
    [connack.reasonCode, connack.properties?.reasonString, textOf(connack.properties?.authenticationData)],
    [0x87, 'not you', 'sorry'],
  );
  await atOnce.expectClosed();
  const later = under.open(5);
  later.sendConnect({ properties: method });
  await later.expect('auth');
  sendAuth(later, 0x18, 'no');
  await expectRefused(later, 0x87);
  assert.equal(under.broker.counters.sessions, 0);
  assert.equal(under.broker.counters.connectionsRefused, 2);
});

for (const [what, bytes, reasonCode, statement] of [
  ['an AUTH with 0x19', 'F0 06 19 04 15 00 01 "M"', 0x82, '[MQTT-4.12.0-3]'],
  ['an AUTH with 0x00', 'F0 06 00 04 15 00 01 "M"', 0x82, '[MQTT-3.15.2-1]'],
  ['an AUTH without anything', 'F0 00', 0x82, '[MQTT-4.12.0-3]'],
  ['an AUTH of another method', 'F0 06 18 04 15 00 01 "N"', 0x8c, '[MQTT-4.12.0-5]'],
  ['an AUTH without a method', 'F0 02 18 00', 0x82, '[MQTT-4.12.0-5]'],
  ['an AUTH with a reason code that it has not', 'F0 06 80 04 15 00 01 "M"', 0x82, '[MQTT-3.15.2-1]'],
  ['PINGREQ', 'C0 00', 0x82, '[MQTT-3.1.2-30]'],
  ['SUBSCRIBE', '82 08 00 01 00 00 02 "ab" 00', 0x82, '[MQTT-3.1.2-30]'],
  ['PUBLISH', '30 05 00 01 "a" 00 "x"', 0x82, '[MQTT-3.1.2-30]'],
  [
    'a PUBLISH with a fault that CONNACK has no code for',
    '30 07 00 01 "a" 03 23 00 00',
    0x82,
    '[MQTT-3.1.2-30]',
  ],
] as const) {
  test(`${what} before CONNACK is refused with a CONNACK of 0x${reasonCode.toString(16)} ${statement}`, async (t) => {
    const causes: DisconnectCause[] = [];
    const under = new BrokerOverNetwork(t, {
      policy: policyWith(askOnce),
      observer: { connectionClosed: (_, __, cause) => causes.push(cause) },
    });
    const client = under.open(5);
    client.sendConnect({ properties: method });
    await client.expect('auth');
    client.sendBytes(hex(bytes));
    await expectRefused(client, reasonCode);
    assert.equal(causes[0]?.kind, 'protocolError');
    assert.equal(under.broker.counters.protocolErrors, 1);
  });
}

test('DISCONNECT before CONNACK ends it, without a word [MQTT-3.1.2-30]', async (t) => {
  const under = new BrokerOverNetwork(t, { policy: policyWith(askOnce) });
  const client = under.open(5);
  client.sendConnect({ properties: method });
  await client.expect('auth');
  await client.disconnect();
  assert.equal(under.broker.counters.protocolErrors, 0);
});

test('a reason string is left out of an AUTH that would be too large with it, and not sent to who wants none [MQTT-3.15.2-2] [MQTT-3.15.2-3] [MQTT-3.1.2-29]', async (t) => {
  const message = 'Please say yes.';
  const under = new BrokerOverNetwork(t, {
    policy: policyWith((said) => (said === 'yes' ? askOnce(said) : { kind: 'continue', message })),
  });
  for (const [properties, expected] of [
    [{}, message],
    [{ maximumPacketSize: 26 }, message],
    [{ maximumPacketSize: 25 }, undefined],
    [{ requestProblemInformation: 0 }, undefined],
  ] as const) {
    const client = under.open(5);
    client.sendConnect({ properties: { ...method, ...properties } });
    assert.equal((await client.expect('auth')).properties?.reasonString, expected);
    await client.disconnect();
  }
});

test('a client that takes no packet as large as the AUTH is refused', async (t) => {
  const under = new BrokerOverNetwork(t, { policy: policyWith(askOnce) });
  const client = under.open(5);
  client.sendConnect({ properties: { ...method, maximumPacketSize: 11 } });
  await expectRefused(client, 0x95);
});

test('the time for a CONNECT goes on running while the client is asked', async (t) => {
  const causes: DisconnectCause[] = [];
  const under = new BrokerOverNetwork(t, {
    policy: policyWith(askOnce),
    limits: { connectTimeoutSeconds: 5 },
    observer: { connectionClosed: (_, __, cause) => causes.push(cause) },
  });
  const client = under.open(5);
  client.sendConnect({ properties: method });
  await client.expect('auth');
  under.clock.advance(3000);
  sendAuth(client, 0x18, 'hm');
  await client.expect('auth');
  under.clock.advance(2200);
  await client.expectClosed();
  assert.deepEqual(causes, [{ kind: 'connectTimeout', timeoutSeconds: 5 }]);
});

test('who is connected under the same client identifier is taken over when the newcomer is accepted, and not before', async (t) => {
  const under = new BrokerOverNetwork(t, { policy: policyWith(askOnce) });
  const present = await under.connect(5, 'a');
  const newcomer = under.open(5);
  newcomer.sendConnect({ clientId: 'a', properties: method });
  await newcomer.expect('auth');
  await present.ping();
  sendAuth(newcomer, 0x18, 'yes');
  await present.expectDisconnected(0x8e);
  await newcomer.expect('connack');
  const stranger = under.open(5);
  stranger.sendConnect({ clientId: 'a', properties: method });
  await stranger.expect('auth');
  sendAuth(stranger, 0x18, 'no');
  await expectRefused(stranger, 0x87);
  await newcomer.ping();
});

test('two exchanges under one client identifier go side by side, and the later to be accepted stays', async (t) => {
  const under = new BrokerOverNetwork(t, { policy: policyWith(askOnce) });
  const [first, second] = [under.open(5), under.open(5)];
  for (const client of [first, second]) {
    client.sendConnect({ clientId: 'a', properties: method });
    await client.expect('auth');
  }
  sendAuth(second, 0x18, 'yes');
  await second.expect('connack');
  sendAuth(first, 0x18, 'yes');
  await first.expect('connack');
  await second.expectDisconnected(0x8e);
  await first.ping();
});

test('the keep alive of the CONNECT holds from CONNACK on, and AUTH is a sign of life', async (t) => {
  const under = new BrokerOverNetwork(t, { policy: policyWith(askOnce) });
  const client = await connectByMethod(under, { keepAliveSeconds: 10 });
  under.clock.advance(14_000);
  sendAuth(client, 0x19, '?');
  await client.expect('auth');
  under.clock.advance(14_000);
  await client.ping();
  under.clock.advance(15_200);
  await client.expectDisconnected(0x8d);
});

test('steps may take their time: what comes meanwhile waits before CONNACK, in its order', async (t) => {
  const steps: ((step: AuthenticationStep) => void)[] = [];
  const said: (string | undefined)[] = [];
  const under = new BrokerOverNetwork(t, {
    policy: policyWith((text) => {
      said.push(text);
      return new Promise((resolve) => steps.push(resolve));
    }),
  });
  const client = under.open(5);
  // CONNECT, two answers to questions that are not asked yet, and one packet more than there is to answer
  const auth = (data: string): Uint8Array =>
    frame(0xf0, 0x18, 7 + data.length, 0x15, utf8('M'), 0x16, utf8(data));
  client.sendBytes(
    concat(connectBytes({ level: 5, properties: [0x15, ...utf8('M')] }), auth('1'), auth('2'), hex('C0 00')),
  );
  await client.handled();
  for (const expected of [undefined, '1']) {
    assert.equal(said.at(-1), expected);
    steps.at(-1)?.({ kind: 'continue' });
    await client.expect('auth');
  }
  assert.deepEqual(said, [undefined, '1', '2']);
  steps.at(-1)?.({ kind: 'accepted', username: 'user' });
  await client.expect('connack');
  await client.expect('pingresp');
  await client.ping();
});

test('a socket that closes while a step is taken leaves nothing behind', async (t) => {
  let settle: (step: AuthenticationStep) => void = () => assert.fail();
  const step = new Promise<AuthenticationStep>((resolve) => (settle = resolve));
  const under = new BrokerOverNetwork(t, { policy: policyWith(() => step) });
  const client = under.open(5);
  client.sendConnect({ properties: method });
  await client.breakOff();
  settle({ kind: 'accepted' });
  await step;
  assert.equal(under.broker.counters.sessions, 0);
});

// ── Re-authentication ─────────────────────────────────────────────────────────────────────────────────────────────

test('a client begins a re-authentication with AUTH 0x19, and AUTH 0x00 ends it [MQTT-4.12.1-1] [MQTT-4.12.0-5] [MQTT-3.15.2-1]', async (t) => {
  const under = new BrokerOverNetwork(t, { policy: policyWith(askOnce) });
  const client = await connectByMethod(under);
  for (let round = 0; round < 2; round++) {
    client.sendBytes(
      hex(`F0 06
        19              # re-authenticate
        04              # property length
        15 00 01 "M"    # Authentication Method`),
    );
    assert.deepEqual(await client.nextBytes(), hex('F0 0A 18 08 15 00 01 "M" 16 00 01 "q"'));
    client.sendBytes(hex('F0 0C 18 0A 15 00 01 "M" 16 00 03 "yes"'));
    assert.deepEqual(
      await client.nextBytes(),
      hex(`F0 10
        00                   # success
        0E                   # property length
        15 00 01 "M"
        16 00 07 "welcome"`),
    );
  }
  await client.ping();
});

test('what comes during a re-authentication is handled as ever', async (t) => {
  let settle: (step: AuthenticationStep) => void = () => assert.fail();
  const under = new BrokerOverNetwork(t, {
    policy: policyWith((said) =>
      said === 'slow' ? new Promise((resolve) => (settle = resolve)) : askOnce(said),
    ),
  });
  const client = await connectByMethod(under);
  sendAuth(client, 0x19, '?');
  await client.expect('auth');
  await client.subscribe('t');
  await client.publish('t', 'between', { qos: 0 });
  assert.equal((await client.expectMessage()).text, 'between');
  sendAuth(client, 0x18, 'slow');
  await client.ping();
  settle(askOnce('yes'));
  assert.equal((await client.expect('auth')).reasonCode, 0);
  await client.ping();
});

test('a re-authentication that fails ends the connection with 0x87, and the will goes out [MQTT-4.12.1-2]', async (t) => {
  const causes: DisconnectCause[] = [];
  const under = new BrokerOverNetwork(t, {
    policy: policyWith(askOnce),
    observer: { connectionClosed: (_, __, cause) => causes.push(cause) },
  });
  const watcher = await under.connect(5, 'watcher');
  await watcher.subscribe('will');
  const will = { topic: 'will', payload: bytesOf('gone'), qos: 0, retain: false } as const;
  const client = await connectByMethod(under, { will });
  sendAuth(client, 0x19, 'no');
  await client.expectDisconnected(0x87);
  assert.equal((await watcher.expectMessage()).text, 'gone');
  assert.deepEqual(causes, [{ kind: 'reAuthenticationFailed', reasonCode: 0x87, message: 'not you' }]);
});

test('a reason code that DISCONNECT has not becomes 0x87', async (t) => {
  const under = new BrokerOverNetwork(t, {
    policy: policyWith((said) =>
      said === 'no' ? { kind: 'refused', reasonCode: 0x86, message: 'wrong' } : askOnce(said),
    ),
  });
  const client = await connectByMethod(under);
  sendAuth(client, 0x19, 'no');
  await client.expectDisconnected(0x87);
});

test('a re-authentication as another user fails', async (t) => {
  const under = new BrokerOverNetwork(t, {
    policy: policyWith((said) =>
      said === 'other' ? { kind: 'accepted', username: 'other' } : askOnce(said),
    ),
  });
  const client = await connectByMethod(under);
  sendAuth(client, 0x19, 'other');
  await client.expectDisconnected(0x87);
});

for (const [what, packets, reasonCode, statement] of [
  ['another method', ['F0 06 19 04 15 00 01 "N"'], 0x8c, '[MQTT-4.12.1-1]'],
  ['AUTH 0x18 that answers nothing', ['F0 06 18 04 15 00 01 "M"'], 0x82, '[MQTT-4.12.1-1]'],
  ['AUTH 0x00', ['F0 06 00 04 15 00 01 "M"'], 0x82, '[MQTT-3.15.2-1]'],
  ['AUTH without anything', ['F0 00'], 0x82, '[MQTT-4.12.1-1]'],
  [
    'AUTH 0x19 in answer to AUTH 0x18',
    ['F0 06 19 04 15 00 01 "M"', 'F0 06 19 04 15 00 01 "M"'],
    0x82,
    '[MQTT-4.12.0-3]',
  ],
  [
    'another method in the answer',
    ['F0 06 19 04 15 00 01 "M"', 'F0 06 18 04 15 00 01 "N"'],
    0x8c,
    '[MQTT-4.12.0-5]',
  ],
] as const) {
  test(`${what} over a live connection ends it with 0x${reasonCode.toString(16)} ${statement}`, async (t) => {
    const under = new BrokerOverNetwork(t, { policy: policyWith(askOnce) });
    const client = await connectByMethod(under);
    for (const [i, bytes] of packets.entries()) {
      client.sendBytes(hex(bytes));
      if (i + 1 < packets.length) await client.expect('auth');
    }
    await client.expectDisconnected(reasonCode);
  });
}

test('a second AUTH before the first is answered is a protocol error', async (t) => {
  const under = new BrokerOverNetwork(t, {
    policy: policyWith((said) => (said === 'slow' ? new Promise(() => {}) : askOnce(said))),
  });
  const client = await connectByMethod(under);
  sendAuth(client, 0x19, 'slow');
  sendAuth(client, 0x18, 'yes');
  await client.expectDisconnected(0x82);
});

test('an exchange that throws is a bug of the broker, and ends its connection alone', async (t) => {
  const under = new BrokerOverNetwork(t, {
    policy: policyWith((said) => (said === 'bug' ? Promise.reject(new Error('bug')) : askOnce(said))),
  });
  under.expectedBugs = 2;
  const bystander = await under.connect(5, 'bystander');
  const first = under.open(5);
  first.sendConnect({ properties: { ...method, authenticationData: bytesOf('bug') } });
  await first.expectClosed();
  const again = await connectByMethod(under);
  sendAuth(again, 0x19, 'bug');
  await again.expectDisconnected(0x83);
  await bystander.ping();
});

// ── SCRAM-SHA-256 over MQTT ───────────────────────────────────────────────────────────────────────────────────────

const credentials = { username: 'dev', password: 'pencil' };
const SCRAM = 'SCRAM-SHA-256';

function scramConnect(client: RawClient, scram: ScramClient, username?: string): void {
  client.sendConnect({
    properties: { authenticationMethod: SCRAM, authenticationData: scram.first },
    ...(username !== undefined && { username }),
  });
}

async function answerChallenge(client: RawClient, scram: ScramClient): Promise<string> {
  const challenge = await client.expect('auth');
  assert.equal(challenge.reasonCode, 0x18);
  const { message, verifier } = scram.final(challenge.properties?.authenticationData);
  client.send({
    kind: 'auth',
    reasonCode: 0x18,
    properties: { authenticationMethod: SCRAM, authenticationData: message },
  });
  return verifier;
}

test('SCRAM-SHA-256 lets a client in that knows the password, as the user that it has shown to be, and shows the server too', async (t) => {
  const decisions: AuthenticationDecision[] = [];
  const under = new BrokerOverNetwork(t, {
    policy: createCredentialsPolicy(credentials),
    observer: { authenticated: (_, __, decision) => decisions.push(decision) },
  });
  const client = under.open(5);
  const scram = new ScramClient('dev', 'pencil');
  scramConnect(client, scram, 'somebody else');
  const verifier = await answerChallenge(client, scram);
  const connack = await client.expect('connack');
  assert.equal(textOf(connack.properties?.authenticationData), verifier);
  assert.equal([...under.broker.sessions()][0]?.username, 'dev');

  const again = new ScramClient('dev', 'pencil', 'another-nonce');
  client.send({
    kind: 'auth',
    reasonCode: 0x19,
    properties: { authenticationMethod: SCRAM, authenticationData: again.first },
  });
  const verifierAgain = await answerChallenge(client, again);
  assert.equal(dataOf(await client.expect('auth')), verifierAgain);
  const shown = { username: 'dev', by: SCRAM, outcome: { kind: 'accepted' } };
  assert.deepEqual(decisions, [
    { ...shown, isReAuthentication: false },
    { ...shown, isReAuthentication: true },
  ]);
});

for (const [what, name, password] of [
  ['a wrong password', 'dev', 'pen'],
  ['a user who is not', 'nobody', 'pencil'],
] as const) {
  test(`SCRAM-SHA-256 with ${what} is refused after the same steps, and the refusal names the user`, async (t) => {
    const decisions: AuthenticationDecision[] = [];
    const under = new BrokerOverNetwork(t, {
      policy: createCredentialsPolicy(credentials),
      observer: { authenticated: (_, __, decision) => decisions.push(decision) },
    });
    const client = under.open(5);
    const scram = new ScramClient(name, password);
    scramConnect(client, scram);
    await answerChallenge(client, scram);
    const connack = await client.expect('connack');
    assert.equal(connack.reasonCode, 0x87);
    assert.equal(textOf(connack.properties?.authenticationData), 'e=invalid-proof');
    await client.expectClosed();
    assert.deepEqual(
      decisions.map(({ username, by, outcome }) => [username, by, outcome.kind]),
      [[name, SCRAM, 'refused']],
    );
  });
}
