import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { on, once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { startLeashed } from '../host/leashedProcess.ts';
import { cleanEnvironment } from '../support/environment.ts';
import { inRepository } from '../support/repository.ts';

/** Lives until it is ended, and so does what it starts. Both are connected to the test while they live. */
function twoPrograms(port: number, options: { deafToSigterm: boolean }): string {
  const program = `
    ${options.deafToSigterm ? "process.on('SIGTERM', () => {});" : ''}
    require('node:net').connect(${port}, '127.0.0.1');`;
  return `${program}
    require('node:child_process').spawn(process.execPath, ['--eval', ${JSON.stringify(program)}], { stdio: 'ignore' });`;
}

describe('a leashed process', () => {
  let server: Server;
  let port = 0;

  before(async () => {
    server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    // A server that listens on TCP has an address of this kind.
    port = (server.address() as AddressInfo).port;
  });
  after(() => server.close());

  const twoConnections = async (): Promise<Socket[]> => {
    const sockets: Socket[] = [];
    for await (const [socket] of on(server, 'connection') as AsyncIterable<[Socket]>) {
      // A process that is killed may reset its connection instead of closing it.
      socket.on('error', () => {}).resume();
      if (sockets.push(socket) === 2) break;
    }
    return sockets;
  };

  test('says what it prints, and how it ended', async () => {
    const lines: string[] = [];
    const started = startLeashed({
      command: process.execPath,
      args: ['--eval', 'console.log("ready on 1"); console.error("and more"); process.exitCode = 7'],
      env: cleanEnvironment(),
      onLine: (line) => lines.push(line),
    });
    assert.equal((await started.waitForOutput(/ready on (\d+)/))[1], '1');
    assert.equal(await started.ended, 7);
    assert.deepEqual(lines.sort(), ['and more', 'ready on 1']);
  });

  test('rejects who waits for an output that never came', async () => {
    const started = startLeashed({
      command: process.execPath,
      args: ['--eval', '0'],
      env: cleanEnvironment(),
    });
    await assert.rejects(started.waitForOutput(/never/), /ended before it printed/);
  });

  test('ends with all that it started, even what is deaf to SIGTERM', async () => {
    const connections = twoConnections();
    const started = startLeashed({
      command: process.execPath,
      args: ['--eval', twoPrograms(port, { deafToSigterm: true })],
      env: cleanEnvironment(),
    });
    const closed = (await connections).map((socket) => once(socket, 'close'));
    await started.end();
    await Promise.all(closed);
  });

  test('ends when its owner is killed', async () => {
    const connections = twoConnections();
    const owner: ChildProcess = spawn(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        `import { startLeashed } from ${JSON.stringify(inRepository('test/host/leashedProcess.ts'))};
        const args = ['--eval', ${JSON.stringify(twoPrograms(port, { deafToSigterm: false }))}];
        startLeashed({ command: process.execPath, args, env: process.env });`,
      ],
      { env: cleanEnvironment(), stdio: 'inherit' },
    );
    const closed = (await connections).map((socket) => once(socket, 'close'));
    owner.kill('SIGKILL');
    await Promise.all(closed);
  });
});
