/** `passwd` within this process; test/clients holds its files against mosquitto. */
import assert from 'node:assert/strict';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { PasswordFile } from '../../../src/broker/access/passwordFile.ts';
import { createPasswordSource, type PasswordSource } from '../../../src/cli/passwordSource.ts';
import { runCli } from '../../../src/cli/runCli.ts';

class Desk {
  readonly folder = mkdtempSync(join(tmpdir(), 'mqtt-passwd-'));
  readonly file = join(this.folder, 'users.txt');

  constructor(t: TestContext) {
    t.after(() => rmSync(this.folder, { recursive: true }));
  }

  /** Runs `passwd` with the flags, the file and the user; returns `0 printed` or `2 problem`, without the file's name. */
  async run(flags: string[], username: string, ...typed: string[]): Promise<string> {
    return this.runRaw([...flags, this.file, username], {
      isTerminal: false,
      read: async () => typed.shift(),
    });
  }

  async runRaw(args: string[], passwords: PasswordSource): Promise<string> {
    let output = '';
    const exitCode = await runCli(['passwd', ...args], {
      terminal: { print: (text) => (output += text), log: assert.fail, flush: () => undefined },
      printProblem: (line) => (output += line),
      version: '',
      passwords,
      untilStopped: assert.fail,
    });
    return `${exitCode} ${output.trimEnd().replaceAll(this.folder, '').replace('mqtt-workbench: ', '')}`;
  }

  get text(): string {
    return readFileSync(this.file, 'utf8');
  }

  async accepts(username: string, password: string): Promise<boolean> {
    const result = PasswordFile.parse(this.text, this.file);
    assert.equal(result.kind, 'parsed');
    const { passwords } = result as { passwords: PasswordFile }; // asserted
    return passwords.verify(username, new TextEncoder().encode(password));
  }
}

const isPosix = process.platform !== 'win32';

test("-c makes the file, which is its owner's alone, and does not touch one that is there", async (t) => {
  const desk = new Desk(t);
  assert.equal(
    await desk.run(['-c'], 'alice smith', 'pässword'),
    '0 /users.txt: user "alice smith" was added. A broker reads it when it starts.',
  );
  assert.match(desk.text, /^alice smith:\$7\$10000\$[A-Za-z0-9+/]{16}\$[A-Za-z0-9+/]{86}==\n$/);
  if (isPosix) assert.equal(statSync(desk.file).mode & 0o777, 0o600);
  assert.ok(await desk.accepts('alice smith', 'pässword'));
  assert.deepEqual(readdirSync(desk.folder), ['users.txt']);
  const before = desk.text;
  assert.match(await desk.run(['-c'], 'bob', 'x'), /^2 \/users\.txt is there already: leave -c out/);
  assert.equal(desk.text, before);
});

test('a user is added, changed and removed, and every other line stays', async (t) => {
  const desk = new Desk(t);
  await desk.run(['-c'], 'alice', 'one');
  const alice = desk.text;
  writeFileSync(desk.file, `# ours\n${alice}`, { mode: 0o644 });
  assert.match(await desk.run([], 'bob', 'two'), /^0 .* user "bob" was added/);
  assert.match(await desk.run([], 'bob', 'three'), /^0 .* user "bob" has a new password/);
  assert.ok(desk.text.startsWith(`# ours\n${alice}bob:`));
  assert.ok(await desk.accepts('bob', 'three'));
  assert.ok(!(await desk.accepts('bob', 'two')));
  if (isPosix) assert.equal(statSync(desk.file).mode & 0o777, 0o600);
  assert.match(await desk.run(['-D'], 'bob'), /^0 .* user "bob" was removed/);
  assert.equal(desk.text, `# ours\n${alice}`);
  assert.equal(await desk.run(['-D'], 'bob'), '2 /users.txt: there is no user "bob" in it');
});

test('--scram writes a credential beside the hash, and a later change keeps it up to date', async (t) => {
  const desk = new Desk(t);
  await desk.run(['-c', '--scram'], 'alice', 'one');
  const scramLine = /^alice:\$scram-sha-256\$4096\$.+$/m;
  const [first] = scramLine.exec(desk.text) ?? [];
  assert.match(desk.text, /^alice:\$7\$.+\nalice:\$scram-sha-256\$.+\n$/);
  await desk.run([], 'alice', 'two');
  const [second] = scramLine.exec(desk.text) ?? [];
  assert.ok(first !== undefined && second !== undefined && first !== second);
  await desk.run(['-D'], 'alice');
  assert.equal(desk.text, '');
  assert.match(await desk.run(['--scram'], 'alice', 'a\u0007'), /^2 the password has a character that SCRAM/);
});

test('two lines of one user, as mosquitto_passwd leaves them of a hash and a credential, become one', async (t) => {
  const desk = new Desk(t);
  await desk.run(['-c'], 'alice', 'one');
  writeFileSync(desk.file, desk.text + desk.text);
  assert.match(await desk.run([], 'alice', 'two'), /^0 /);
  assert.ok(await desk.accepts('alice', 'two'));
});

test('a file of something else is not written to', async (t) => {
  const desk = new Desk(t);
  writeFileSync(desk.file, 'alice:plain\n');
  assert.match(
    await desk.run([], 'bob', 'x'),
    /^2 \/users\.txt:1: the password is not hashed: .*; nothing was changed$/,
  );
  assert.equal(desk.text, 'alice:plain\n');
});

test('a link to the file stays a link', { skip: !isPosix && 'links need rights here' }, async (t) => {
  const desk = new Desk(t);
  await desk.run(['-c'], 'alice', 'one');
  const link = join(desk.folder, 'link');
  symlinkSync('users.txt', link);
  await desk.runRaw([link, 'alice'], { isTerminal: false, read: async () => 'two' });
  assert.ok(await desk.accepts('alice', 'two'));
  assert.deepEqual(readdirSync(desk.folder), ['link', 'users.txt']);
});

for (const [what, args, problem] of [
  ['no user', ['users.txt'], /^2 a file and a user name are expected/],
  ['a word too many', ['users.txt', 'a', 'b'], /^2 a file and a user name are expected/],
  ['a password as argument', ['-b', 'users.txt', 'a', 'b'], /^2 there is no -b: .* pipe it instead/],
  ['an unknown flag', ['-x', 'users.txt', 'a'], /^2 there is no flag -x/],
  ['-D with -c', ['-D', '-c', 'users.txt', 'a'], /^2 -D removes a user/],
  ['a colon in the name', ['users.txt', 'a:b'], /^2 the user name "a:b" has a ":"/],
  ['a name like a comment', ['users.txt', '#a'], /^2 the user name "#a" starts with "#"/],
  ['a name with a line end', ['users.txt', 'a\nb'], /^2 the user name "a\\nb" has a control character/],
  ['an empty name', ['users.txt', ''], /^2 the user name "" is empty/],
  ['a file that is not there', ['/nowhere/users.txt', 'a'], /there is no such file; -c makes it$/],
  [
    'a folder that is not there',
    ['-c', '/nowhere/users.txt', 'a'],
    /^2 \/nowhere\/users\.txt can't be written: there is no such folder$/,
  ],
  ['a folder', [tmpdir(), 'a'], /this is a folder, not a file$/],
] as const) {
  test(`passwd with ${what} ends with exit code 2 and says so`, async (t) => {
    const passwords = { isTerminal: false, read: async () => 'x' };
    assert.match(await new Desk(t).runRaw([...args], passwords), problem);
  });
}

test('a name that starts with a dash goes behind --', async (t) => {
  const desk = new Desk(t);
  const passwords = { isTerminal: false, read: async () => 'x' };
  assert.match(await desk.runRaw(['-c', '--', desk.file, '-b'], passwords), /^0 .* user "-b" was added/);
});

test('no password, an empty one, and two that differ change nothing', async (t) => {
  const desk = new Desk(t);
  assert.equal(await desk.run(['-c'], 'alice'), '2 no password was given');
  assert.equal(await desk.run(['-c'], 'alice', ''), '2 no password was given');
  assert.match(
    await desk.run(['-c'], 'alice', 'x'.repeat(65_536)),
    /^2 the password has more than 65535 bytes/,
  );
  const typed = ['one', 'two'];
  const twice = { isTerminal: true, read: async () => typed.shift() };
  assert.equal(
    await desk.runRaw(['-c', desk.file, 'a'], twice),
    '2 the two passwords differ; nothing was changed',
  );
  assert.deepEqual(readdirSync(desk.folder), []);
});

/** A terminal without a person: what is typed goes in, and what it shows comes out. */
function terminal(isTTY: boolean): { input: PassThrough; shown: () => string; source: PasswordSource } {
  let shown = '';
  const setRawMode = (isRaw: boolean): void => {
    shown += isRaw ? '[' : ']';
  };
  const input = Object.assign(new PassThrough(), { isTTY, setRawMode });
  const source = createPasswordSource(input, { write: (text) => (shown += text) });
  return { input, shown: () => shown, source };
}

test('a person is asked, can correct what is typed, and does not see it', async () => {
  const { input, shown, source } = terminal(true);
  assert.ok(source.isTerminal);
  const answer = source.read('Password: ');
  input.write('secrex\u007ft\r');
  assert.equal(await answer, 'secret');
  const again = source.read('Again: ');
  input.write('other\r');
  assert.equal(await again, 'other');
  // In brackets: while the terminal leaves it to the program what is shown.
  assert.equal(shown(), '[Password: ]\n[Again: ]\n');
});

test('Ctrl+C gives up', async () => {
  const { input, source } = terminal(true);
  const answer = source.read('Password: ');
  input.write('sec\u0003');
  assert.equal(await answer, undefined);
});

test('from a pipe comes one line, with or without its end, and nobody is asked', async () => {
  for (const [text, expected] of [
    ['secret\nmore\n', 'secret'],
    ['secret\r\n', 'secret'],
    ['secret', 'secret'],
    ['', undefined],
  ] as const) {
    const { input, shown, source } = terminal(false);
    input.end(text);
    assert.equal(await source.read('Password: '), expected);
    assert.equal(shown(), '');
  }
});
