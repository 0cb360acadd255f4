/** mosquitto's rules, as its manual and its code say them. test/clients holds both brokers against one file. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AccessFile } from '../../../src/broker/access/accessFile.ts';
import type { Identity } from '../../../src/broker/accessPolicy.ts';

const anonymous: Identity = { clientId: 'c1' };
const alice: Identity = { clientId: 'c2', username: 'alice' };
const bob: Identity = { clientId: 'c3', username: 'bob' };

function parse(...lines: string[]): AccessFile {
  const result = AccessFile.parse(lines.join('\n'), 'acl.txt');
  assert.equal(result.kind, 'parsed');
  return (result as { rules: AccessFile }).rules; // asserted
}

/** Of these filters, those that the client may subscribe to. */
function subscribable(rules: AccessFile, identity: Identity, ...filters: string[]): string[] {
  return filters.filter((filter) => rules.mayReadAnyOf(identity, filter));
}

/** `rw`, `r`, `w` or nothing. */
function access(rules: AccessFile, identity: Identity, topic: string): string {
  return `${rules.mayRead(identity, topic) ? 'r' : ''}${rules.mayWrite(identity, topic) ? 'w' : ''}`;
}

test('what no line allows is not allowed', () => {
  assert.equal(access(parse(''), anonymous, 'a'), '');
  assert.equal(access(parse('topic a'), anonymous, 'b'), '');
});

test('a topic line allows what it says, and both ways when it says nothing', () => {
  const rules = parse('topic read r', 'topic write w', 'topic readwrite rw', 'topic both');
  assert.deepEqual(
    ['r', 'w', 'rw', 'both'].map((topic) => access(rules, anonymous, topic)),
    ['r', 'w', 'rw', 'rw'],
  );
});

test('lines before the first user are for clients without a user name, lines after it for that user', () => {
  const rules = parse(
    'topic public',
    'user alice',
    'topic private',
    'user bob',
    'topic other',
    'user alice',
    'topic more',
  );
  assert.equal(access(rules, anonymous, 'public'), 'rw');
  assert.equal(access(rules, anonymous, 'private'), '');
  assert.equal(access(rules, alice, 'public'), '');
  assert.equal(access(rules, alice, 'private'), 'rw');
  assert.equal(access(rules, alice, 'more'), 'rw');
  assert.equal(access(rules, alice, 'other'), '');
  assert.equal(access(rules, bob, 'other'), 'rw');
  assert.equal(access(rules, { clientId: 'c', username: 'carol' }, 'public'), '');
});

test('wildcards match as in subscriptions, and not into topics that start with $', () => {
  const rules = parse(
    'topic read a/+/c',
    'topic read b/#',
    'topic read #',
    'user alice',
    'topic read $SYS/#',
  );
  assert.equal(access(rules, anonymous, 'a/b/c'), 'r');
  assert.equal(access(rules, anonymous, '$SYS/broker'), '');
  assert.equal(access(rules, alice, '$SYS/broker'), 'r');
});

test('deny wins over what allows more broadly, wherever it stands', () => {
  const rules = parse('topic a/#', 'topic deny a/secret/#', 'topic read a/secret/hint');
  assert.equal(access(rules, anonymous, 'a/x'), 'rw');
  assert.equal(access(rules, anonymous, 'a/secret'), '');
  assert.equal(access(rules, anonymous, 'a/secret/hint'), '');
});

test('patterns hold for everyone, with client id and user name filled in', () => {
  const rules = parse(
    'user alice',
    'pattern write sensor/%u/data',
    'pattern read %c/inbox',
    'pattern both/%u/%c',
  );
  assert.equal(access(rules, alice, 'sensor/alice/data'), 'w');
  assert.equal(access(rules, bob, 'sensor/bob/data'), 'w');
  assert.equal(access(rules, bob, 'sensor/alice/data'), '');
  assert.equal(access(rules, anonymous, 'c1/inbox'), 'r');
  assert.equal(access(rules, anonymous, 'sensor/%u/data'), '');
  assert.equal(access(rules, bob, 'both/bob/c3'), 'rw');
});

test("a user's own lines are asked before the patterns, and a pattern's deny among the patterns first", () => {
  const rules = parse('user alice', 'topic read a/b', 'pattern a/%u', 'pattern deny a/#');
  assert.equal(access(rules, alice, 'a/b'), 'r');
  assert.equal(access(rules, alice, 'a/alice'), '');
});

test('a client that calls itself by a wildcard gets nothing from patterns', () => {
  const rules = parse('topic open', 'pattern read home/%c/#', 'pattern read user/%u');
  for (const clientId of ['#', '+', 'a+b']) {
    assert.equal(access(rules, { clientId }, 'home/c1/x'), '');
    assert.equal(access(rules, { clientId }, 'open'), 'rw');
  }
  assert.equal(access(rules, { clientId: 'c', username: '#' }, 'user/alice'), '');
});

test('a user name is filled in as it is, also where it looks like a replacement', () => {
  const rules = parse('pattern read u/%u/x');
  assert.equal(access(rules, { clientId: 'c', username: '$&' }, 'u/$&/x'), 'r');
});

test('comments, empty lines, spaces around and Windows line ends are read over', () => {
  const rules = parse('# comment', '', '  topic   read   a b  \r', 'user  alice smith ', 'topic c');
  assert.equal(access(rules, anonymous, 'a b'), 'r');
  assert.equal(access(rules, { clientId: 'c', username: 'alice smith' }, 'c'), 'rw');
});

test('a lone word after topic is the topic, even if it is the name of an access', () => {
  assert.equal(access(parse('topic deny'), anonymous, 'deny'), 'rw');
});

test('a filter may be subscribed to when something that it matches may be read', () => {
  const rules = parse('topic read a/+/c', 'topic write w', 'topic $test/#', 'user alice', 'topic read #');
  assert.deepEqual(
    subscribable(rules, anonymous, '#', 'a/#', 'a/b/c', 'a/b/+', '+/+/c', 'a/b', 'a/b/c/d', 'w', 'w/#'),
    ['#', 'a/#', 'a/b/c', 'a/b/+', '+/+/c'],
  );
  assert.deepEqual(subscribable(rules, anonymous, '$test/x', '$test', '+/x'), ['$test/x', '$test']);
  assert.deepEqual(subscribable(rules, alice, '#', 'anything', '$test/#', '$SYS/#'), ['#', 'anything']);
  assert.deepEqual(subscribable(rules, bob, '#'), []);
});

test('denials that are asked before, alone or together, take a filter away when they leave nothing of it', () => {
  const rules = parse('topic read a/#', 'topic deny a/x/#', 'topic deny a/y', 'topic deny a/y/+/#');
  assert.deepEqual(
    subscribable(rules, anonymous, 'a/#', 'a/+', 'a', 'a/x', 'a/x/#', 'a/x/y', 'a/y', 'a/y/#', 'a/y/+'),
    ['a/#', 'a/+', 'a'],
  );
});

test("a pattern's denial does not take away what a user's own line allows", () => {
  const rules = parse(
    'pattern deny a/#',
    'pattern read a/%c',
    'pattern read b/%c',
    'user alice',
    'topic a/own',
  );
  assert.deepEqual(subscribable(rules, alice, 'a/own', 'a/+', 'a/c2', 'b/c2'), ['a/own', 'a/+', 'b/c2']);
  assert.deepEqual(subscribable(rules, bob, 'a/own', 'a/+', 'a/c3', 'b/+', 'b/c2'), ['b/+']);
});

test('a name is filled in also inside a level', () => {
  const rules = parse('pattern read dev-%u-%c/state');
  assert.equal(access(rules, alice, 'dev-alice-c2/state'), 'r');
  assert.equal(access(rules, bob, 'dev-alice-c2/state'), '');
  assert.deepEqual(subscribable(rules, alice, '+/state', 'dev-bob-c3/state'), ['+/state']);
});

test('a byte order mark, as Windows editors write it, is read over', () => {
  assert.equal(access(parse('\ufeffuser alice\r', 'topic c\r'), alice, 'c'), 'rw');
  assert.equal(access(parse('\ufeff# comment', 'topic c'), anonymous, 'c'), 'rw');
});

for (const [what, line, message] of [
  [
    'that starts with another word',
    'allow a',
    /a line starts with "topic", "pattern", "user" or "#", not with "allow"/,
  ],
  ['without a topic', 'topic', /"topic" needs a topic filter/],
  ['without a user name', 'user  ', /"user" needs a user name/],
  ['with an unknown access', 'topic full a', /"full" is no kind of access/],
  [
    'with a topic with spaces and no access before it',
    'topic my own topic',
    /"my" is no kind of access: .* also before a topic filter with a space/,
  ],
  ['with a topic filter that is none', 'pattern read a/#/b', /"a\/#\/b" is no topic filter/],
] as const) {
  test(`a line ${what} is a problem that names its line`, () => {
    const result = AccessFile.parse(`topic a\n\n${line}\ntopic b`, 'acl.txt');
    assert.equal(result.kind, 'fileProblem');
    const problem = result as { file: string; line: number; message: string }; // asserted
    assert.equal(problem.file, 'acl.txt');
    assert.equal(problem.line, 3);
    assert.match(problem.message, message);
  });
}
