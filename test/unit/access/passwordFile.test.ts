/** Lines as mosquitto_passwd 2.0.11 wrote them, and lines that it did not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PasswordFile } from '../../../src/broker/access/passwordFile.ts';

// mosquitto_passwd -b users alice wonderland
const ALICE =
  'alice:$7$101$cDeD8QHs5j4NBP3T$Y32xSD2XLNIBujdYYggDVPak4xI3Pi2yRMovzZ03GBTee4uHuiB5nVP7G5KIEy+16lbgJ/naJ0jnm5VTBuC9mw==';
// mosquitto_passwd -b users 'bob b' 'pass word ü'
const BOB =
  'bob b:$7$101$+j859ER0DaVYYqx5$jFoniwUIp7Vcu+Vpmeyv07PFJggGcoudHDMfrx8XlEQCGrT6MJafUgZiaNCFLXNtnFHoExL0ZAz0ka8DwCd/+A==';
// mosquitto_passwd -H sha512 -b users carol oldhash
const CAROL =
  'carol:$6$smYsUutXkFnMIGx2$Q1wAjZGnI3pVPzl5bSN00dmVn7mSpELCOtk+Vl0l1+19j2E9AE8yUlRd5QOzOuox0r0gjmd8Yd4+vacuSm/O+A==';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function parse(...lines: string[]): PasswordFile {
  const result = PasswordFile.parse(lines.join('\n'), 'users.txt');
  assert.equal(result.kind, 'parsed');
  return (result as { passwords: PasswordFile }).passwords; // asserted
}

function problemOf(...lines: string[]): { line: number | undefined; message: string } {
  const result = PasswordFile.parse(lines.join('\n'), 'users.txt');
  assert.equal(result.kind, 'fileProblem');
  const { file, line, message } = result as { file: string; line?: number; message: string }; // asserted
  assert.equal(file, 'users.txt');
  return { line, message };
}

test('PBKDF2 hashes ($7$) let the right password in, and no other', async () => {
  const passwords = parse(ALICE, BOB);
  assert.equal(await passwords.verify('alice', bytes('wonderland')), true);
  assert.equal(await passwords.verify('bob b', bytes('pass word ü')), true);
  assert.equal(await passwords.verify('alice', bytes('Wonderland')), false);
  assert.equal(await passwords.verify('alice', bytes('')), false);
  assert.equal(await passwords.verify('bob b', bytes('wonderland')), false);
});

test('salted SHA-512 hashes ($6$) of older versions are understood', async () => {
  const passwords = parse(CAROL);
  assert.equal(await passwords.verify('carol', bytes('oldhash')), true);
  assert.equal(await passwords.verify('carol', bytes('newhash')), false);
});

test('a user who is not in the file does not get in, nor does anyone with an empty file', async () => {
  assert.equal(await parse(ALICE).verify('mallory', bytes('wonderland')), false);
  assert.equal(await parse('').verify('alice', bytes('')), false);
});

test('comments, empty lines, Windows line ends and a byte order mark are read over', () => {
  assert.deepEqual(parse(`\ufeff${ALICE}`).usernames, ['alice']);
  assert.deepEqual(parse('# users', '', `${ALICE}\r`, '   ', CAROL, '').usernames, ['alice', 'carol']);
});

// The password is wonderland, too.
const ALICE_SCRAM =
  'alice:$scram-sha-256$4096$W22ZaJ0SNY7soEsUEjb6gQ==$AlSHCZm0W+AqPedXuSU6UaSoGFjb05PThYAYYRwl9HI=$mlrtMEw7FrF2k+9V2vL39MD5HLOADiNE6eFgWoV3dEg=';

test('a user may have a line for SCRAM beside the other, in either order', async () => {
  for (const passwords of [parse(ALICE, ALICE_SCRAM, CAROL), parse(ALICE_SCRAM, ALICE)]) {
    assert.equal(await passwords.verify('alice', bytes('wonderland')), true);
    assert.equal(passwords.scramUsers?.find('alice')?.credential.iterations, 4096);
    assert.equal(passwords.scramUsers.find('carol'), undefined);
  }
  assert.equal(parse(ALICE).scramUsers, undefined);
});

test('a second line of the same kind for a user is a problem', () => {
  assert.equal(problemOf(ALICE, ALICE_SCRAM, ALICE_SCRAM).line, 3);
});

for (const [what, line, message] of [
  ['with a SCRAM credential that is cut short', ALICE_SCRAM.slice(0, -4), /SCRAM credential is damaged/],
  ['without a colon', 'alice', /a line is <user name>:<hash>/],
  ['without a user name', ':$7$101$x$y', /a line is <user name>:<hash>/],
  ['without a password', 'alice:', /there is no password/],
  ['with a plain password', 'alice:wonderland', /the password is not hashed/],
  [
    'with a hash of another kind',
    'alice:$argon2id$v=19$m=1$a$b',
    /\$argon2id\$; known are \$7\$, \$6\$ and \$scram-sha-256\$/,
  ],
  ['with a salt that is not Base64', ALICE.replace('cDeD', '%%%%'), /damaged/],
  ['with a hash that is cut short', ALICE.slice(0, -4), /damaged/],
  ['with one field too many', `${ALICE}$x`, /damaged/],
  ['with 0 iterations', ALICE.replace('$101$', '$0$'), /iterations/],
  ['with iterations that are no number', ALICE.replace('$101$', '$many$'), /iterations/],
] as const) {
  test(`a line ${what} is a problem that names its line`, () => {
    const problem = problemOf('# first', CAROL, line);
    assert.equal(problem.line, 3);
    assert.match(problem.message, message);
  });
}

test('a user who is there twice is a problem', () => {
  const problem = problemOf(ALICE, CAROL, ALICE);
  assert.equal(problem.line, 3);
  assert.match(problem.message, /"alice" is in this file already/);
});
