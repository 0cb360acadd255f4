/** What is written where, and when. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { createTerminal } from '../../../src/cli/terminal.ts';

function terminalUnderTest(): { out: string[]; err: string[]; terminal: ReturnType<typeof createTerminal> } {
  const out: string[] = [];
  const err: string[] = [];
  const terminal = createTerminal(
    { write: (text) => out.push(text) },
    { write: (text) => err.push(text) },
    () => Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  );
  return { out, err, terminal };
}

test('log lines of one turn leave in one write, with time and level', async () => {
  const { err, terminal } = terminalUnderTest();
  terminal.log('info', 'one');
  terminal.log('error', 'two');
  assert.deepEqual(err, []);
  await turnOfTheLoop();
  assert.deepEqual(err, ['2026-01-02T03:04:05.678Z info  one\n2026-01-02T03:04:05.678Z error two\n']);
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
