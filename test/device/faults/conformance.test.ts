/** With a fault on that does nothing, the broker is what the standard says: tests of conformance, through the transport in between. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from '../../support/program.ts';
import { inRepository } from '../../support/repository.ts';

const files = [
  ...['auth', 'connack', 'connect', 'disconnect', 'outboundAliases', 'payloadFormat', 'publish', 'retain'],
  ...['session', 'sharedSubscriptions', 'subscribe', 'topics', 'version31', 'will'],
];

test('a transport that does nothing leaves everything as the standard has it', async (t) => {
  const { exitCode, stdout } = await run(t, process.execPath, [
    ...['--import', inRepository('test/device/faults/neutralFaults.ts')],
    ...['--test', '--test-isolation=none', '--test-reporter=tap'],
    ...files.map((name) => inRepository(`test/conformance/${name}.test.ts`)),
  ]);
  const failed = stdout.split('\n').filter((line) => /^\s*not ok /.test(line));
  assert.deepEqual(failed, []);
  assert.equal(exitCode, 0);
  const passed = Number(/^# pass (\d+)$/m.exec(stdout)?.[1]);
  assert.ok(passed > 150, `${passed} passed`);
});
