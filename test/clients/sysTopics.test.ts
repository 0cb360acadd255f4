/** `$SYS/#` as mosquitto_sub sees it: what mosquitto publishes is here too, under the same names and in the same form. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { sysTopics } from '../../src/broker/sysTopics.ts';
import { findFreePort } from '../../src/transports/freePort.ts';
import { CliBroker } from '../support/cliBroker.ts';
import { Program, run } from '../support/program.ts';
import { skipUnless, toolPath } from '../support/tools.ts';

/** The first messages below `$SYS`, as lines of flag, topic and payload. */
async function linesOf(t: TestContext, port: number, count: number): Promise<[string, string, string][]> {
  const { stdout, exitCode, stderr } = await run(t, toolPath('mosquitto_sub'), [
    ...['-h', '127.0.0.1', '-p', String(port), '-t', '$SYS/#', '-C', String(count), '-F', '%r|%t|%p'],
  ]);
  assert.equal(exitCode, 0, stderr);
  const lines = stdout.trimEnd().split('\n');
  return lines.map((line) => line.split('|') as [string, string, string]); // as the format says
}

/** A payload with every number alike. */
function formOf(payload: string): string {
  return payload.replace(/\d+/g, '0').replace(/^.* version /, 'name version ');
}

test('mosquitto_sub gets every topic at once, as a retained message', {
  skip: skipUnless('mosquitto_sub'),
}, async (t) => {
  const broker = await CliBroker.start(t);
  const lines = await linesOf(t, broker.port('mqtt'), sysTopics.length);
  assert.deepEqual(
    lines.map(([, topic]) => topic),
    sysTopics.map(({ topic }) => topic),
  );
  assert.ok(lines.every(([retain]) => retain === '1'));
  assert.match(lines[0]?.[2] ?? '', /^MQTT Workbench version \d+\.\d+\.\d+/);
});

test('what mosquitto publishes is published here, in the same form', {
  skip: skipUnless('mosquitto', 'mosquitto_sub'),
}, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'mqtt-sys-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const port = await findFreePort('127.0.0.1', 65_535);
  const configuration = join(folder, 'mosquitto.conf');
  writeFileSync(configuration, `listener ${port} 127.0.0.1\nallow_anonymous true\nsys_interval 1\n`);
  const mosquitto = Program.start(t, toolPath('mosquitto'), ['-c', configuration]);
  await mosquitto.waitFor('stderr', / running$/m);
  const broker = await CliBroker.start(t);
  const ours = await linesOf(t, broker.port('mqtt'), sysTopics.length);
  const forms = new Map(ours.map(([, topic, payload]) => [topic, formOf(payload)]));
  // Beyond those that are retained, so that the ones that it makes later are among them.
  const theirs = await linesOf(t, port, 65);
  assert.ok(new Set(theirs.map(([, topic]) => topic)).size > 50);
  for (const [, topic, payload] of theirs) assert.equal(forms.get(topic), formOf(payload), topic);
});
