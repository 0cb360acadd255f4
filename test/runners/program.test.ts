/** Programs of tests that hang: the test fails, and says why. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Program } from '../support/program.ts';

const DEAF = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('up');";

/** A program that does not heed SIGTERM; time goes on only as the test says. */
async function deafProgram(t: TestContext): Promise<Program> {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const program = Program.start(t, process.execPath, ['-e', DEAF]);
  await program.waitFor('stdout', /up/);
  return program;
}

test('a program that does not end is killed, and what it printed is told', async (t) => {
  const program = await deafProgram(t);
  const ending = assert.rejects(program.end('SIGTERM'), /did not end at SIGTERM in 120 s.*"stdout":"up\\n"/s);
  t.mock.timers.tick(120_000);
  await ending;
  assert.equal((await program.ended).signal, 'SIGKILL');
});

test('a program that does not print what is waited for is killed, and what it printed is told', async (t) => {
  const program = await deafProgram(t);
  const waiting = assert.rejects(
    program.waitFor('stderr', /down/),
    /did not print \/down\/.*"stdout":"up\\n"/s,
  );
  t.mock.timers.tick(120_000);
  await waiting;
  assert.equal((await program.ended).signal, 'SIGKILL');
});
