/** A clock that jumps by an hour, as that of a computer that slept: a connection that waits is tried at once. */
import assert from 'node:assert/strict';
import { globSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { MosquittoBroker } from '../support/mosquittoBroker.ts';
import { freePort } from '../support/ports.ts';
import { Program } from '../support/program.ts';
import { inRepository } from '../support/repository.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { skipUnless } from '../support/tools.ts';

const skip = skipUnless('mosquitto', 'faketime');

test('the clock of a process jumps: it is connected before the next try was due', { skip }, async (t) => {
  const [library] = globSync('/usr/lib/*/faketime/libfaketime.so.1');
  assert.ok(library !== undefined, 'the library is not where Debian has it');
  const port = await freePort();
  const broker = await MosquittoBroker.start(t, { configuration: [`listener ${port} 127.0.0.1`] });
  const clock = join(temporaryFolder(t), 'clock');
  writeFileSync(clock, '+0');
  const watched = Program.start(t, 'env', [
    ...[`LD_PRELOAD=${library}`, `FAKETIME_TIMESTAMP_FILE=${clock}`, 'FAKETIME_NO_CACHE=1'],
    // A machine's timers stand still while it sleeps.
    'FAKETIME_DONT_FAKE_MONOTONIC=1',
    ...[process.execPath, inRepository('test/connections/watchedConnection.ts'), `mqtt://127.0.0.1:${port}`],
  ]);
  await watched.waitFor('stdout', /^connected$/m);
  await broker.kill();
  // Until the pause is one that the person would wait for.
  await watched.waitFor('stdout', /^waiting ([6-9]|\d\d)\d{3} ms/m);
  await broker.startAgain();
  writeFileSync(clock, '+1h');
  const [, earlyMs = ''] = await watched.waitFor('stdout', /waiting[\s\S]*^connected (-?\d+) ms before/m);
  assert.ok(Number(earlyMs) > 0, watched.stdout);
});
