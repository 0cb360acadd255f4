/** The local broker, started from the palette as a person does. */
import { connect } from 'node:net';
import type { VscodeWindow } from '../../test/host/vscodeWindow.ts';

const POLL_MS = 2;

/** From Enter in the palette to a port that accepts. Milliseconds. */
export async function startBroker({ workbench }: VscodeWindow, port: number): Promise<number> {
  const title = 'MQTT: Start Local Broker';
  await workbench.page.keyboard.press('F1');
  await workbench.quickInput.waitFor('Type the name of a command to run.');
  await workbench.quickInput.fill(`>${title}`);
  await workbench.quickInput.row(title).waitFor();
  const startedAtMs = performance.now();
  const accepted = workbench.quickInput.accept();
  while (!(await isListening(port))) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  const tookMs = performance.now() - startedAtMs;
  await accepted;
  return tookMs;
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
