/** SCRAM-SHA-256 by its messages: the RFC's own example, and what is wrong in each way that a message can be. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { saslPrep } from '../../../src/broker/access/saslPrep.ts';
import { ScramExchange, scramMethod } from '../../../src/broker/access/scram.ts';
import {
  deriveScramCredential,
  formatScramCredential,
  parseScramCredential,
  type ScramCredential,
} from '../../../src/broker/access/scramCredential.ts';
import { scramUsersOf } from '../../../src/broker/access/scramUsers.ts';
import type { AuthenticationStep } from '../../../src/broker/accessPolicy.ts';
import { bytesOf, ScramClient, textOf } from '../../support/scramClient.ts';

// RFC 7677, section 3: the user "user" with the password "pencil".
const SALT = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64');
const CLIENT_NONCE = 'rOprNGfwEbeRWgbNEkqO';
const SERVER_NONCE = '%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0';
const NONCE = CLIENT_NONCE + SERVER_NONCE;
const PROOF = 'dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=';

function credentialOf(password: string): ScramCredential {
  const credential = deriveScramCredential(password, SALT);
  assert.ok(credential);
  return credential;
}

const users = scramUsersOf(
  new Map([
    ['user', credentialOf('pencil')],
    ['a,b=c', credentialOf('pencil')],
  ]),
  bytesOf('a secret'),
);

function exchange(): ScramExchange {
  assert.ok(users);
  return new ScramExchange(users, SERVER_NONCE);
}

/** `e=…` of a refusal, and who it was about. */
function refusalOf(step: AuthenticationStep): { error: string; username: string | undefined } {
  if (step.kind !== 'refused') assert.fail(`${step.kind} ${textOf(step.data)}`);
  assert.equal(step.reasonCode, 0x87);
  return { error: textOf(step.data), username: step.username };
}

test('the example of RFC 7677 goes through, byte for byte', () => {
  const server = exchange();
  const challenge = server.step(bytesOf(`n,,n=user,r=${CLIENT_NONCE}`));
  assert.deepEqual(
    [challenge.kind, textOf(challenge.data)],
    ['continue', `r=${NONCE},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`],
  );
  const accepted = server.step(bytesOf(`c=biws,r=${NONCE},p=${PROOF}`));
  assert.deepEqual(
    [accepted.kind, textOf(accepted.data)],
    ['accepted', 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4='],
  );
  assert.equal(accepted.kind === 'accepted' && accepted.username, 'user');
});

for (const [what, header, name] of [
  ['a client that knows channel binding and finds none', 'y,,', 'user'],
  ['a client that asks to act for itself', 'n,a=user,', 'user'],
  ['a name with the characters that are written otherwise', 'n,a=a=2Cb=3Dc,', 'a=2Cb=3Dc'],
] as const) {
  test(`${what} gets in`, () => {
    const server = exchange();
    const client = new ScramClient(name, 'pencil', 'abc', header);
    const { message, verifier } = client.final(server.step(client.first).data);
    const step = server.step(message);
    assert.equal(textOf(step.data), verifier);
    assert.equal(step.kind === 'accepted' && step.username, name === 'user' ? 'user' : 'a,b=c');
  });
}

test('a client that waits to be asked is asked, once', () => {
  const server = exchange();
  assert.deepEqual(server.step(undefined), { kind: 'continue' });
  assert.equal(server.step(bytesOf('n,,n=user,r=abc')).kind, 'continue');
  const silent = exchange();
  silent.step(undefined);
  assert.equal(refusalOf(silent.step(undefined)).error, 'e=other-error');
});

test('a wrong password is refused at the end, with the name in the refusal', () => {
  const server = exchange();
  const client = new ScramClient('user', 'pen');
  const { message } = client.final(server.step(client.first).data);
  assert.deepEqual(refusalOf(server.step(message)), { error: 'e=invalid-proof', username: 'user' });
});

test('a user who does not exist takes the same steps as one with a wrong password, and always has the same salt', () => {
  const challenges = ['nobody', 'nobody', 'somebody'].map((name) => {
    const server = exchange();
    const client = new ScramClient(name, 'pencil');
    const challenge = server.step(client.first);
    assert.equal(challenge.kind, 'continue');
    const { message } = client.final(challenge.data);
    assert.deepEqual(refusalOf(server.step(message)), { error: 'e=invalid-proof', username: name });
    return textOf(challenge.data);
  });
  const [first = '', again, other] = challenges;
  assert.match(first, /^r=[^,]*,s=[A-Za-z0-9+/]{22}==,i=4096$/);
  assert.equal(again, first);
  assert.notEqual(other, first);
});

for (const [what, message, error] of [
  ['bytes that are not UTF-8', Uint8Array.of(0xff), 'invalid-encoding'],
  ['no header', bytesOf('n=user,r=abc'), 'other-error'],
  ['channel binding', bytesOf('p=tls-unique,,n=user,r=abc'), 'channel-binding-not-supported'],
  ['a mandatory extension', bytesOf('n,,m=x,n=user,r=abc'), 'extensions-not-supported'],
  ['no nonce', bytesOf('n,,n=user'), 'other-error'],
  ['an empty nonce', bytesOf('n,,n=user,r='), 'other-error'],
  ['a nonce with a space', bytesOf('n,,n=user,r=a b'), 'other-error'],
  ['an empty name', bytesOf('n,,n=,r=abc'), 'invalid-username-encoding'],
  ['a name with a bare "="', bytesOf('n,,n=a=b,r=abc'), 'invalid-username-encoding'],
  ['a name with a control character', bytesOf('n,,n=us\u0007er,r=abc'), 'invalid-username-encoding'],
  ['another user to act for', bytesOf('n,a=admin,n=user,r=abc'), 'other-error'],
] as const) {
  test(`a first message with ${what} is refused`, () => {
    assert.equal(refusalOf(exchange().step(message)).error, `e=${error}`);
  });
}

for (const [what, message, error] of [
  ['no proof', `c=biws,r=${NONCE}`, 'other-error'],
  ['nothing', '', 'other-error'],
  ['another header than the first', `c=eSws,r=${NONCE},p=${PROOF}`, 'channel-bindings-dont-match'],
  ['the nonce of another exchange', `c=biws,r=${CLIENT_NONCE}x,p=${PROOF}`, 'other-error'],
  ['only its own nonce', `c=biws,r=${CLIENT_NONCE},p=${PROOF}`, 'other-error'],
  ['a mandatory extension', `c=biws,r=${NONCE},m=x,p=${PROOF}`, 'extensions-not-supported'],
  ['a proof that is cut short', `c=biws,r=${NONCE},p=${PROOF.slice(4)}`, 'invalid-encoding'],
  ['a proof that is not Base64', `c=biws,r=${NONCE},p=%%%%`, 'invalid-encoding'],
  ['a proof of something else', `c=biws,r=${NONCE},p=${PROOF.replace('dH', 'eH')}`, 'invalid-proof'],
] as const) {
  test(`a last message with ${what} is refused`, () => {
    const server = exchange();
    server.step(bytesOf(`n,,n=user,r=${CLIENT_NONCE}`));
    assert.deepEqual(refusalOf(server.step(bytesOf(message))), { error: `e=${error}`, username: 'user' });
  });
}

test('every exchange has a nonce of its own, which no one can know before', () => {
  assert.ok(users);
  const begin = scramMethod(users);
  const challenges = [1, 2].map(() => {
    const step = begin({ clientId: 'c', transportKind: 'memory', remoteAddress: 'test' }).step(
      bytesOf('n,,n=user,r=abc'),
    );
    assert.ok(!(step instanceof Promise));
    return textOf(step.kind === 'continue' ? step.data : undefined);
  });
  for (const challenge of challenges) assert.match(challenge, /^r=abc[A-Za-z0-9+/]{24},s=/);
  assert.notEqual(challenges[0], challenges[1]);
});

test('a credential is read as it is written', () => {
  const credential = credentialOf('pencil');
  const text = formatScramCredential(credential);
  assert.match(text, /^\$scram-sha-256\$4096\$W22ZaJ0SNY7soEsUEjb6gQ==\$[^$]{44}\$[^$]{44}$/);
  assert.deepEqual(parseScramCredential(text.split('$')), credential);
});

for (const [what, damage, message] of [
  ['too few iterations', (text: string) => text.replace('4096', '4095'), /from 4096 to/],
  ['iterations that are no number', (text: string) => text.replace('4096', 'x'), /must be a whole number/],
  ['a salt that is not Base64', (text: string) => text.replace('W22Z', '%%%%'), /damaged/],
  ['a key that is cut short', (text: string) => text.slice(0, -4), /damaged/],
  ['one field too many', (text: string) => `${text}$x`, /damaged/],
] as const) {
  test(`a credential with ${what} is told in words`, () => {
    const read = parseScramCredential(damage(formatScramCredential(credentialOf('pencil'))).split('$'));
    assert.match(typeof read === 'string' ? read : '', message);
  });
}

for (const [text, expected] of [
  ['I\u00adX', 'IX'],
  ['user', 'user'],
  ['USER', 'USER'],
  ['\u00aa', 'a'],
  ['\u2168', 'IX'],
  ['\u0007', undefined],
  ['a\u00a0b', 'a b'],
  ['a\u202eb', undefined],
  ['\ue000', undefined],
] as const) {
  // Most are the examples of RFC 4013, section 3.
  test(`SASLprep of ${JSON.stringify(text)} is ${JSON.stringify(expected) ?? 'refused'}`, () => {
    assert.equal(saslPrep(text), expected);
  });
}
