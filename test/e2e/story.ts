/**
 * The sentences that the stories of this folder have in common: start a broker from the palette, be a board on it.
 *
 * The board is mosquitto_pub and mosquitto_sub, told what to do by their own arguments. All of it is on loopback.
 */
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { after } from 'node:test';
import { type Workbench, waitForText } from '../host/workbench.ts';
import { type Owner, Program, type ProgramEnd, run } from '../support/program.ts';
import { toolPath } from '../support/tools.ts';

export const statusBarId = 'mqttWorkbench.status';

/** Runs Start Local Broker, and waits until all that follows has been seen. Returns the port. */
export async function startBroker(workbench: Workbench): Promise<number> {
  await workbench.runCommand('MQTT: Start Local Broker');
  return brokerStarted(workbench);
}

/** Waits for the message that tells the address, closes it, and returns the port. */
export async function brokerStarted(workbench: Workbench): Promise<number> {
  const toast = workbench.toast('The local broker is running at mqtt://127.0.0.1:');
  await toast.waitFor();
  const port = Number(/mqtt:\/\/127\.0\.0\.1:(\d+)/.exec(await toast.message.innerText())?.[1]);
  await toast.close();
  await waitForText(workbench.statusBarItem(statusBarId), `MQTT: ${port}`);
  return port;
}

/** For programs that a `before` starts: they end after the suite's last test. Call it in the suite itself. */
export function ownedBySuite(): Owner {
  const ends: (() => Promise<unknown>)[] = [];
  after(() => Promise.all(ends.map((end) => end())));
  return { after: (end) => ends.push(end) };
}

/** A port of 127.0.0.1 that nobody listens on now. */
export async function freePort(): Promise<number> {
  const port = await boundPort('127.0.0.1', 0);
  if (port === undefined) throw new Error('The system has no free port');
  return port;
}

export async function isTaken(port: number): Promise<boolean> {
  return (await boundPort('127.0.0.1', port)) === undefined;
}

/**
 * Whether somebody listens on this port at every address of the machine, rather than at 127.0.0.1 alone: then no other
 * loopback address has it free. Asks by listening, so that not a byte is sent.
 */
export async function isListenedOnEverywhere(port: number): Promise<boolean> {
  return (await boundPort('127.0.0.2', port)) === undefined;
}

/** Listens for a moment. Undefined when the port is taken. */
function boundPort(host: string, port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen({ host, port }, () => {
      const address = server.address();
      const bound = address !== null && typeof address === 'object' ? address.port : port;
      server.close(() => resolve(bound));
    });
  });
}

/** Waits until the window would paste exactly this: the status bar may still speak of the copy before. */
export async function waitForClipboard({ page }: Workbench, expected: string): Promise<void> {
  await page.bringToFront();
  await page.waitForFunction(
    `navigator.clipboard.readText().then((text) => text === ${JSON.stringify(expected)})`,
  );
}

/** The code that Copy Connection Code… copied, once the status bar says so. @param what as it says it. */
export async function copiedCode({ page }: Workbench, what: string): Promise<string> {
  await waitForText(page.locator('.statusbar'), `Copied the code for ${what}`);
  await page.bringToFront();
  return page.evaluate<string>('navigator.clipboard.readText()');
}

/** mosquitto_pub, to its end. A QoS of 1 or 2 says that the broker has acknowledged. */
export function mosquittoPub(t: Owner, port: number, ...args: readonly string[]): Promise<ProgramEnd> {
  return run(t, toolPath('mosquitto_pub'), ['-p', String(port), ...args]);
}

/** As `mosquittoPub`, which must succeed. */
export async function publish(t: Owner, port: number, ...args: readonly string[]): Promise<void> {
  const { exitCode, stderr } = await mosquittoPub(t, port, ...args);
  assert.equal(exitCode, 0, stderr);
}

/** mosquitto_sub; resolves when it has subscribed. */
export async function subscribe(t: Owner, port: number, ...args: readonly string[]): Promise<Program> {
  // Into a pipe, mosquitto_sub keeps what -d says to itself until 4 KiB are full: stdbuf makes it line by line.
  const command = ['-oL', toolPath('mosquitto_sub'), '-p', String(port), '-d', ...args];
  const board = Program.start(t, 'stdbuf', command);
  await board.waitFor('stdout', /Subscribed \(mid/);
  return board;
}
