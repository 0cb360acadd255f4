/** The broker found by mDNS, by another program on another machine; everything in networks of the test's own. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { cliProgram } from '../support/cliBroker.ts';
import type { Program, ProgramEnd } from '../support/program.ts';
import { inRepository } from '../support/repository.ts';
import { tlsFixture } from '../support/tlsFixtures.ts';
import { pythonWithZeroconf } from '../support/tools.ts';
import { localHost, type Machine, separateNetwork, skipUnlessSeparate } from './separateNetwork.ts';

const skip = skipUnlessSeparate('zeroconf');
const name = `MQTT Workbench on ${localHost.replace('.local', '').slice(0, 40)}`;

async function startBroker(t: TestContext, machine: Machine, ...args: string[]): Promise<Program> {
  const broker = machine.start(t, process.execPath, [cliProgram, 'broker', '--json', ...args]);
  await broker.waitFor('stdout', /"listening"/);
  return broker;
}

function browse(t: TestContext, machine: Machine): Program {
  const script = inRepository('test/device/browse_mdns.py');
  return machine.start(t, pythonWithZeroconf() ?? '', [script, machine.address]);
}

function linesOf({ stdout }: Pick<ProgramEnd, 'stdout'>): unknown[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

test('an announced broker is found with its port and address, and said goodbye to', { skip }, async (t) => {
  const { board, desk } = separateNetwork(t);
  const broker = await startBroker(t, desk, '--host', '0.0.0.0', '--port', '1884', '--announce');
  const browser = browse(t, board);
  await browser.waitFor('stdout', /"found".*\n/);
  const end = await broker.end('SIGTERM');
  assert.equal(end.exitCode, 0, end.stderr);
  assert.match(
    end.stderr,
    /info {2}The broker announces itself by mDNS as "MQTT Workbench on .*_mqtt\._tcp on port 1884/,
  );
  await browser.waitFor('stdout', /"gone".*\n/);
  const fullName = `${name}._mqtt._tcp.local.`;
  assert.deepEqual(linesOf(browser), [
    { event: 'found', name: fullName, port: 1884, host: `${localHost}.`, addresses: [desk.address] },
    { event: 'gone', name: fullName },
  ]);
});

test('TLS is announced as such', { skip }, async (t) => {
  const { board, desk } = separateNetwork(t);
  const files = ['--cert', tlsFixture('server.crt'), '--key', tlsFixture('server.key')];
  const where = ['--host', desk.address, '--port', '1884', '--tls-port', '8884'];
  await startBroker(t, desk, ...where, ...files, '--announce');
  const browser = browse(t, board);
  await browser.waitFor('stdout', /"port": 8884.*\n/);
  await browser.waitFor('stdout', /"port": 1884.*\n/);
  assert.match(browser.stdout, /"MQTT Workbench on [^"]*\._secure-mqtt\._tcp\.local\.", "port": 8884/);
});

test('neither a broker without --announce is found, nor one that its own machine alone reaches', {
  skip,
}, async (t) => {
  const { board, desk } = separateNetwork(t);
  await startBroker(t, desk, '--host', '0.0.0.0', '--port', '1884');
  await startBroker(t, desk, '--host', '127.0.0.1', '--port', '1885', '--announce');
  const browser = browse(t, board);
  // It heard the same questions, and waited longer than the others before it answered.
  await startBroker(t, desk, '--host', '0.0.0.0', '--port', '1886', '--announce');
  await browser.waitFor('stdout', /"found".*\n/);
  const { stdout } = await browser.end('SIGTERM');
  assert.match(stdout, /^\{.*"port": 1886.*\}\n$/);
});

test('the setting of the editor announces the broker that it exposes, and only on', { skip }, async (t) => {
  const { board, desk } = separateNetwork(t);
  const editor = (settings: object): Program =>
    desk.start(t, process.execPath, [inRepository('test/device/editorBroker.ts'), JSON.stringify(settings)]);
  const exposed = { 'broker.host': '0.0.0.0' };
  const silent = editor({ ...exposed, 'broker.port': 1885 });
  await silent.waitFor('stdout', /"running"/);
  const browser = browse(t, board);
  const announced = editor({ ...exposed, 'broker.port': 1884, 'broker.announce': true });
  await announced.waitFor('stdout', new RegExp(`"announcedAs":"${name}"`));
  await browser.waitFor('stdout', /"found".*\n/);
  const end = await announced.end('SIGTERM');
  assert.equal(end.exitCode, 0, end.stderr);
  await browser.waitFor('stdout', /"gone".*\n/);
  const fullName = `${name}._mqtt._tcp.local.`;
  assert.deepEqual(linesOf(browser), [
    { event: 'found', name: fullName, port: 1884, host: `${localHost}.`, addresses: [desk.address] },
    { event: 'gone', name: fullName },
  ]);
  assert.doesNotMatch(silent.stdout, /announcedAs/);
});

test('of two on one machine the second takes another name', { skip }, async (t) => {
  const { board, desk } = separateNetwork(t);
  const first = await startBroker(t, desk, '--host', '0.0.0.0', '--port', '1884', '--announce');
  await first.waitFor('stderr', /announces itself/);
  await startBroker(t, desk, '--host', '0.0.0.0', '--port', '1885', '--announce');
  const browser = browse(t, board);
  await browser.waitFor('stdout', /"port": 1885.*\n/);
  await browser.waitFor('stdout', /"port": 1884.*\n/);
  assert.ok(browser.stdout.includes(`"${name} (2)._mqtt._tcp.local.", "port": 1885`), browser.stdout);
  assert.ok(browser.stdout.includes(`"${name}._mqtt._tcp.local.", "port": 1884`), browser.stdout);
});

test('where another program has the port of mDNS for itself, the log says so and the broker runs', {
  skip,
}, async (t) => {
  const { desk } = separateNetwork(t);
  const hog = "require('node:dgram').createSocket('udp4').bind(5353, () => console.log('bound'))";
  await desk.start(t, process.execPath, ['-e', hog]).waitFor('stdout', /bound/);
  const broker = await startBroker(t, desk, '--host', '0.0.0.0', '--port', '1884', '--announce');
  const [line] = await broker.waitFor('stderr', /.*does not announce itself.*\n/);
  assert.match(
    line,
    / warn {2}The broker does not announce itself by mDNS on 192\.0\.2\.2 \(UDP port 5353 can't be had: .*EADDRINUSE/,
  );
  const end = await broker.end('SIGTERM');
  assert.equal(end.exitCode, 0, end.stderr);
  assert.equal(end.stderr.match(/announce/g)?.length, 1);
});
