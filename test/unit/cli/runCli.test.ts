/** The command line within this process: what it prints and how it ends. test/clients starts it as a process. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { brokerFlags } from '../../../src/cli/brokerFlags.ts';
import { runCli } from '../../../src/cli/runCli.ts';
import { parseConfiguration } from '../../../src/configuration/configurationFile.ts';
import { resolveConfiguration } from '../../../src/configuration/resolveConfiguration.ts';
import { plainSettings } from '../../../src/configuration/settings.ts';
import { socketPath } from '../../suites/transportPeers.ts';
import { inRepository } from '../../support/repository.ts';

interface Outcome {
  exitCode: number;
  printed: string;
  problems: string[];
  log: string[];
}

/** Runs to the end; a broker is stopped as soon as it is up. */
async function run(...args: string[]): Promise<Outcome> {
  const outcome: Outcome = { exitCode: -1, printed: '', problems: [], log: [] };
  outcome.exitCode = await runCli(args, {
    terminal: {
      print: (text) => {
        outcome.printed += text;
      },
      log: (level, message) => outcome.log.push(`${level} ${message}`),
      flush: () => undefined,
    },
    printProblem: (line) => outcome.problems.push(line),
    version: '1.2.3',
    passwords: { isTerminal: false, read: async () => undefined },
    untilStopped: async () => 'the test',
  });
  return outcome;
}

const allFlags = [...brokerFlags.map(({ flag }) => flag), '--help'];

test('--version prints the version and --help the commands', async () => {
  assert.deepEqual(await run('--version'), { exitCode: 0, printed: '1.2.3\n', problems: [], log: [] });
  const help = await run('--help');
  assert.equal(help.exitCode, 0);
  assert.match(help.printed, /broker {2,}run an MQTT broker/);
});

test('broker --help names every flag', async () => {
  const help = await run('broker', '--help');
  assert.equal(help.exitCode, 0);
  for (const flag of allFlags) assert.ok(help.printed.includes(`  ${flag} `), flag);
  assert.deepEqual(await run('help', 'broker'), help);
});

test('docs/cli.md has a row for every flag, in the order of the help', async () => {
  const page = readFileSync(inRepository('docs/cli.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `(--[a-z-]+)( [A-Z=]+)?` \|/gm)].map(([, flag]) => flag);
  assert.deepEqual(rows, allFlags);
});

test('every example of docs/configuration.md is a configuration, and its tables have every setting', () => {
  const page = readFileSync(inRepository('docs/configuration.md'), 'utf8');
  const examples = [...page.matchAll(/^```json\n(.*?)^```/gms)].map(([, text = '']) => text);
  assert.ok(examples.length >= 2);
  for (const example of examples) {
    const parsed = parseConfiguration(example, 'docs/configuration.md');
    assert.ok(parsed.kind === 'settings', JSON.stringify(parsed));
    const resolved = resolveConfiguration(parsed.settings);
    assert.equal(resolved.kind, 'configuration', JSON.stringify(resolved));
  }
  const named = new Set([...page.matchAll(/`(\w+)`/g)].map(([, name]) => name));
  for (const name of Object.keys(plainSettings)) assert.ok(named.has(name), name);
});

test('no command, and an unknown one, end with exit code 2 and one line', async () => {
  assert.deepEqual(await run(), {
    exitCode: 2,
    printed: '',
    problems: ['mqtt-workbench: a command is missing: "broker" runs a broker, "--help" lists all'],
    log: [],
  });
  assert.deepEqual((await run('borker')).problems, [
    'mqtt-workbench: there is no command "borker": did you mean "broker"?',
  ]);
});

test('with --json it prints exactly one line, when every listener is up', async () => {
  const { exitCode, printed, problems, log } = await run('broker', '--port', '0', '--ws-port', '0', '--json');
  assert.equal(exitCode, 0);
  assert.deepEqual(problems, []);
  assert.match(
    printed,
    /^\{"event":"listening","listeners":\[\{"kind":"mqtt","host":"127\.0\.0\.1","port":\d+\},\{"kind":"ws","host":"127\.0\.0\.1","port":\d+\}\]\}\n$/,
  );
  assert.deepEqual(log, ['info Stopping: the test']);
});

test('without --json it prints the addresses', async () => {
  const { printed } = await run('broker', '--port', '0', '--ws-port', '0');
  assert.match(
    printed,
    /^Listening on mqtt:\/\/127\.0\.0\.1:\d+, ws:\/\/127\.0\.0\.1:\d+\. Ctrl\+C stops\.\n$/,
  );
});

test('on every address it prints those of this machine, and warns that nobody is asked for a password', async () => {
  const { printed, log } = await run('broker', '--port', '0', '--host', '0.0.0.0');
  assert.match(printed, /^Listening on mqtt:\/\/127\.0\.0\.1:\d+/);
  assert.match(log[0] ?? '', /^warn Everyone who reaches this machine can connect/);
});

test('a port in use is told with who uses it and a port that is free, and nothing stays open', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // listening: it has one
  const { exitCode, printed, problems } = await run(
    'broker',
    '--port',
    '0',
    '--ws-port',
    String(port),
    '--json',
  );
  server.close();
  assert.equal(exitCode, 2);
  assert.equal(printed, '');
  assert.equal(problems.length, 1);
  assert.match(
    problems[0] ?? '',
    new RegExp(
      `^mqtt-workbench: --ws-port ${port}: the port is in use on 127\\.0\\.0\\.1 by .+; stop it, or use --ws-port \\d+$`,
    ),
  );
});

test('an address of another machine is told', async () => {
  // 192.0.2.0/24 is for documentation: nobody has it.
  assert.deepEqual((await run('broker', '--host', '192.0.2.1')).problems, [
    'mqtt-workbench: --host 192.0.2.1: this machine has no such address',
  ]);
});

test('a users file that is not there is told with its flag', async () => {
  const { exitCode, problems } = await run('broker', '--users', '/nowhere/users');
  assert.equal(exitCode, 2);
  assert.deepEqual(problems, ['mqtt-workbench: --users /nowhere/users: there is no such file']);
});

test('a fault in a list of listeners is told with file and place, also when it shows only on opening', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'mqtt-cli-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'broker.json');
  writeFileSync(
    file,
    '{"listeners": [{"kind": "ws", "port": 0}, {"kind": "mqtts", "port": 0, "cert": "no.crt", "key": "no.key"}]}',
  );
  assert.deepEqual((await run('broker', '--config', file)).problems, [
    `mqtt-workbench: ${file}: "listeners[1].cert" ${join(folder, 'no.crt')}: there is no such file`,
  ]);
});

test('a Unix socket is said with its path', async () => {
  const path = socketPath();
  const { printed } = await run('broker', '--port', '0', '--unix', path, '--json');
  const { listeners } = JSON.parse(printed) as { listeners: unknown[] };
  assert.deepEqual(listeners[1], { kind: 'unix', path });
  assert.ok((await run('broker', '--port', '0', '--unix', path)).printed.includes(`, unix:${path}. Ctrl+C`));
});
