/**
 * The sentences that the stories of this folder have in common: start a broker from the palette, be a board on it.
 *
 * The board is mosquitto_pub and mosquitto_sub, told what to do by their own arguments. All of it is on loopback.
 */
import assert from 'node:assert/strict';
import { basename } from 'node:path';
import type { Toast } from '../host/notifications.ts';
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

/** Waits until the window would paste exactly this: the status bar may still speak of the copy before. */
export async function waitForClipboard({ page }: Workbench, expected: string): Promise<void> {
  await page.bringToFront();
  await page.waitForFunction(
    `navigator.clipboard.readText().then((text) => text === ${JSON.stringify(expected)})`,
  );
}

/** The code that Copy Connection Code… copied, once the status bar says so. @param what as it says it. */
export async function copiedCode(workbench: Workbench, what: string): Promise<string> {
  await waitForText(workbench.page.locator('.statusbar'), `Copied the code for ${what}`);
  return workbench.clipboardText();
}

/** Set Up TLS…, as it asks the first time. */
export async function setUpTls(workbench: Workbench): Promise<{ toast: Toast; tlsPort: number }> {
  await workbench.runCommand('MQTT: Set Up TLS…');
  await workbench.quickInput.choose('Kind of keys for the development CA', 'EC P-256');
  await workbench.quickInput.choose('How long the CA on your boards is to hold', '10 years');
  return tlsSetUp(workbench);
}

/** Waits for the message that the broker has TLS, and leaves it open. */
export async function tlsSetUp(workbench: Workbench): Promise<{ toast: Toast; tlsPort: number }> {
  const toast = workbench.toast('The broker has TLS now, at mqtts://127.0.0.1:');
  await toast.waitFor();
  const tlsPort = Number(/127\.0\.0\.1:(\d+)/.exec(await toast.message.innerText())?.[1]);
  return { toast, tlsPort };
}

/** Answers what Export CA Certificate… asks: it is saved as PEM in this file. */
export async function saveCa(workbench: Workbench, file: string): Promise<void> {
  const { quickInput } = workbench;
  await quickInput.choose('In which form does the firmware take it?', 'PEM');
  await quickInput.choose('Where to?', 'Save As…');
  await quickInput.chooseFile('Save the Certificate', file);
  await workbench.toast(`Saved ${basename(file)}. This form has no room for notes`).close();
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
