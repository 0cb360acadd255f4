/** A network whose cable is pulled out and put in again, with mosquitto at its other end. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { separateNetwork, skipUnlessSeparate } from '../device/separateNetwork.ts';
import { inRepository } from '../support/repository.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { toolPath } from '../support/tools.ts';

const skip = skipUnlessSeparate('mosquitto', 'mosquitto_pub');

test('a link that comes back brings the connection back at once, with its subscriptions', {
  skip,
}, async (t) => {
  const { board, desk } = separateNetwork(t);
  const configFile = join(temporaryFolder(t), 'mosquitto.conf');
  const lines = [`listener 1883 ${board.address}`, 'allow_anonymous true', 'user root', 'log_type all'];
  writeFileSync(configFile, `${lines.join('\n')}\n`);
  const broker = board.start(t, toolPath('mosquitto'), ['-c', configFile]);
  await broker.waitFor('stderr', /mosquitto version \S+ running/);
  const watched = desk.start(t, process.execPath, [
    inRepository('test/connections/watchedConnection.ts'),
    `mqtt://${board.address}:1883`,
  ]);
  await watched.waitFor('stdout', /^connected$/m);

  desk.setLink('down');
  // Until the pause is one that the person would wait for.
  await watched.waitFor('stdout', /^waiting ([6-9]|\d\d)\d{3} ms/m);
  desk.setLink('up');
  const [, earlyMs = ''] = await watched.waitFor('stdout', /waiting[\s\S]*^connected (-?\d+) ms before/m);
  assert.ok(Number(earlyMs) > 0, watched.stdout);

  await broker.waitFor('stderr', /(Sending SUBACK to watched[\s\S]*){2}/);
  const publisher = board.start(t, toolPath('mosquitto_pub'), ['-h', board.address, '-t', 'a', '-m', 'x']);
  assert.equal((await publisher.ended).exitCode, 0);
  await watched.waitFor('stdout', /^message$/m);
});
