/** What is written where, and when. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { createTerminal } from '../../../src/cli/terminal.ts';

interface UnderTest {
  out: string[];
  err: string[];
  terminal: ReturnType<typeof createTerminal>;
  clock: { ms: number };
}

function terminalUnderTest(): UnderTest {
  const clock = { ms: Date.UTC(2026, 0, 2, 3, 4, 5, 678) };
  const out: string[] = [];
  const err: string[] = [];
  const terminal = createTerminal(
    { write: (text) => out.push(text) },
    { write: (text) => err.push(text) },
    () => clock.ms,
  );
  return { out, err, terminal, clock };
}

test('log lines of one turn leave in one write, with time and level', async () => {
  const { err, terminal } = terminalUnderTest();
  terminal.log('info', 'one');
  terminal.log('error', 'two');
  assert.deepEqual(err, []);
  await turnOfTheLoop();
  assert.deepEqual(err, ['2026-01-02T03:04:05.678Z info  one\n2026-01-02T03:04:05.678Z error two\n']);
});

test('lines that come soon after a write wait for each other', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { err, terminal, clock } = terminalUnderTest();
  terminal.log('info', 'one');
  await turnOfTheLoop();
  clock.ms += 5;
  terminal.log('info', 'two');
  await turnOfTheLoop();
  clock.ms += 5;
  terminal.log('info', 'three');
  await turnOfTheLoop();
  assert.equal(err.length, 1);
  t.mock.timers.tick(20);
  assert.deepEqual(err.slice(1), [
    '2026-01-02T03:04:05.683Z info  two\n2026-01-02T03:04:05.688Z info  three\n',
  ]);
  clock.ms += 20;
  terminal.log('info', 'four');
  await turnOfTheLoop();
  assert.equal(err.length, 3, 'after a pause a line leaves at the end of its turn');
});

test('a flush writes what waits, once', async () => {
  const { err, terminal } = terminalUnderTest();
  terminal.log('info', 'one');
  terminal.flush();
  assert.equal(err.length, 1);
  await turnOfTheLoop();
  terminal.flush();
  assert.equal(err.length, 1);
});

test('results go to the standard output at once', () => {
  const { out, terminal } = terminalUnderTest();
  terminal.print('ready\n');
  assert.deepEqual(out, ['ready\n']);
});

test('a log line is one line, whatever a device or a system wrote into it', () => {
  const { err, terminal } = terminalUnderTest();
  terminal.log('warn', 'a store: \u001b[2Jgone\nfake');
  terminal.flush();
  assert.deepEqual(err, ['2026-01-02T03:04:05.678Z warn  a store: \\u001b[2Jgone\\u000afake\n']);
});
