/** What clients offer at the start of TLS, read from hellos that real ones sent, whole, in pieces and broken. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type ClientHello,
  isComplete,
  MAX_HELLO_BYTES,
  readOpening,
} from '../../../src/transports/clientHello.ts';
import * as hellos from '../../support/clientHellos.ts';
import { SeededRandom } from '../../support/random.ts';

function read(bytes: Uint8Array): ClientHello {
  const opening = readOpening(bytes);
  assert.ok(opening.kind === 'hello', opening.kind);
  return opening.hello;
}

test('the hello of OpenSSL: versions, ciphers, name, curves and signatures', () => {
  const hello = read(hellos.openssl);
  assert.deepEqual(hello.versions, [0x0304, 0x0303, 0x0302, 0x0301]);
  assert.equal(hello.orOlder, false);
  assert.equal(hello.serverName, 'broker.local');
  assert.equal(hello.cipherSuites.length, 31);
  assert.deepEqual(hello.cipherSuites.slice(0, 4), [0x1302, 0x1303, 0x1301, 0xc02c]);
  assert.deepEqual(hello.groups.slice(0, 2), [29, 23]);
  assert.ok(hello.signatureSchemes.includes(0x0403));
});

test('before TLS 1.3 a client says the newest version that it knows', () => {
  for (const [bytes, newest] of [
    [hellos.openssl11, 0x0302],
    [hellos.mbedtls, 0x0303],
  ] as const) {
    const { versions, orOlder } = read(bytes);
    assert.deepEqual([versions, orOlder], [[newest], true]);
  }
});

test('a name is asked for by those that have one, and mosquitto asks for an address', () => {
  assert.equal(read(hellos.mosquitto).serverName, '127.0.0.1');
  assert.equal(read(hellos.mbedtls).serverName, 'broker.local');
  assert.equal(read(hellos.mbedtls1970).serverName, undefined);
});

test('mbedTLS begins its random with its clock', () => {
  assert.equal(read(hellos.mbedtls1970).randomSeconds, 300);
});

test('a hello is complete with its last byte, and not before', () => {
  for (const hello of Object.values(hellos)) {
    for (let length = 0; length < hello.length; length++) {
      const part = hello.subarray(0, length);
      assert.equal(isComplete(part), false, `${length} of ${hello.length} bytes`);
      assert.equal(readOpening(part).kind, length === 0 ? 'nothing' : 'malformed');
    }
    assert.ok(isComplete(hello));
    assert.ok(isComplete(Buffer.concat([hello, Buffer.from([1, 2, 3])])));
  }
});

test('a hello that is split over records is read as if it were not', () => {
  const body = hellos.mbedtls.subarray(5);
  const record = (piece: Buffer): Buffer =>
    Buffer.concat([Buffer.from([22, 3, 1, piece.length >> 8, piece.length & 0xff]), piece]);
  for (const size of [1, 3, 100]) {
    const pieces: Buffer[] = [];
    for (let at = 0; at < body.length; at += size) pieces.push(record(body.subarray(at, at + size)));
    const split = Buffer.concat(pieces);
    assert.deepEqual(read(split), read(hellos.mbedtls));
    assert.equal(isComplete(split.subarray(0, -1)), false);
  }
});

test('what is no TLS is told by its first bytes', () => {
  const opening = (text: string): string => readOpening(Buffer.from(text, 'latin1')).kind;
  assert.equal(opening('\x10\x0c\x00\x04MQTT'), 'mqtt');
  assert.equal(opening('GET / HTTP/1.1\r\n'), 'http');
  assert.equal(opening('CONNECT a:1 HTTP/1.1\r\n'), 'http');
  assert.equal(opening('SSH-2.0-x'), 'unknown');
  assert.equal(opening('\x80\x2e\x01\x00\x02'), 'unknown'); // SSL 2
  assert.equal(opening('\x16\x03\x01\x00\x00'), 'malformed'); // an empty record
  assert.equal(opening('\x16\x03\x01\x00\x01\x02'), 'malformed'); // a ServerHello
  for (const text of ['\x10', 'G', '\x80', '\x16\x03\x01\x00\x00', '\x16\x03\x01\x00\x01\x02'])
    assert.ok(isComplete(Buffer.from(text, 'latin1')), JSON.stringify(text));
});

test('a hello that is longer than is read does not keep a connection waiting', () => {
  const announced = Buffer.alloc(MAX_HELLO_BYTES + 5);
  announced.set([22, 3, 1, 0x3f, 0xff, 1, 0xff, 0xff, 0xff]);
  assert.ok(isComplete(announced.subarray(0, 9)));
  const inCrumbs = Buffer.concat(Array.from({ length: 512 }, () => Buffer.from([22, 3, 1, 0, 1, 1])));
  assert.ok(isComplete(inCrumbs));
  const endless = Buffer.concat(Array.from({ length: 4000 }, () => Buffer.from([22, 3, 1, 0, 1, 1])));
  assert.ok(isComplete(endless));
});

test('a name can’t carry what a terminal would obey', () => {
  const bytes = Buffer.from(hellos.mbedtls);
  bytes.set(Buffer.from('\u001b[31m\n"}'), bytes.indexOf('broker.local'));
  assert.equal(read(bytes).serverName, '??31m???ocal');
});

test('values that mean nothing are left out [RFC 8701]', () => {
  const bytes = Buffer.from(hellos.openssl);
  bytes.set([0x1a, 0x1a], bytes.indexOf(Buffer.from([0x13, 0x02, 0x13, 0x03])));
  assert.deepEqual(read(bytes).cipherSuites.slice(0, 2), [0x1303, 0x1301]);
});

test('whatever the bytes are, reading them ends, without an exception, and within bounds', () => {
  const random = new SeededRandom(8883);
  const seeds = Object.values(hellos);
  for (let i = 0; i < 20_000; i++) {
    let bytes = Buffer.from(random.pick(seeds));
    for (let changes = random.integer(1, 8); changes > 0; changes--)
      bytes[random.integer(0, bytes.length - 1)] = random.integer(0, 255);
    if (random.boolean()) bytes = bytes.subarray(0, random.integer(0, bytes.length));
    const opening = readOpening(bytes);
    isComplete(bytes);
    if (opening.kind !== 'hello') continue;
    const { cipherSuites, groups, signatureSchemes, serverName = '' } = opening.hello;
    assert.ok(cipherSuites.length <= 256 && groups.length <= 256 && signatureSchemes.length <= 256);
    assert.match(serverName, /^[a-zA-Z0-9._:?-]{0,255}$/);
  }
});
