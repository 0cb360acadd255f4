/**
 * What a person feels before anything is published, and under a flood of 5,000 messages a second with the Topics view
 * open: activation, palette command to listening port, the extension host's event loop beside that of the idle window.
 */
import { connect } from 'node:net';
import type { VscodeWindow } from '../../test/host/vscodeWindow.ts';
import type { FeltFigure } from '../report/felt.ts';
import type { ProbedWindow } from './probedWindow.ts';

const MESSAGES_PER_SECOND = 5_000;
const TOPICS = 999;
const PAYLOAD_BYTES = 64;
const SECONDS = 20;
/** How often the window is opened to measure the activation: each start has its own luck with caches and neighbours. */
const STARTS = 5;
const POLL_MS = 2;

/** Leaves the broker running. */
export async function measureFeel(probed: ProbedWindow, port: number): Promise<FeltFigure[]> {
  const { window } = probed;
  const activationsMs: number[] = [];
  for (let start = 0; start < STARTS; start++) {
    if (start > 0) await window.workbench.page.reload();
    await window.workbench.activity('MQTT Workbench').waitFor();
    activationsMs.push(await readActivation(window));
  }
  activationsMs.sort((a, b) => a - b);
  const listeningMs = await startBroker(window, port);

  await window.workbench.openViews('MQTT Workbench');
  const idle = await probed.loopDuring(() => new Promise((resolve) => setTimeout(resolve, SECONDS * 500)));
  const flood = {
    port,
    rate: MESSAGES_PER_SECOND,
    prefix: 'bench',
    topics: TOPICS,
    payloadBytes: PAYLOAD_BYTES,
  };
  // The branch is opened before anything is measured: 1,000 rows of which the view shows what fits.
  await probed.flood({ ...flood, seconds: 1 });
  await window.workbench.pane('Topics').row('bench').expand();
  let rate = 0;
  const loaded = await probed.loopDuring(async () => {
    rate = (await probed.flood({ ...flood, seconds: SECONDS })).messagesPerSecond;
  });
  return [
    {
      name: `activation, engine not started, median of ${STARTS}`,
      // STARTS is odd: there is a middle, a first and a last.
      value: activationsMs[(STARTS - 1) / 2]!,
      unit: 'ms',
      budget: 30,
    },
    { name: 'activation, fastest', value: activationsMs[0]!, unit: 'ms' },
    { name: 'activation, slowest', value: activationsMs[STARTS - 1]!, unit: 'ms' },
    { name: 'palette command to listening port', value: listeningMs, unit: 'ms', budget: 300 },
    { name: 'extension host delay p99, idle', value: idle.delayP99Ms, unit: 'ms' },
    { name: 'extension host delay p99, flood', value: loaded.delayP99Ms, unit: 'ms', budget: 50 },
    { name: 'extension host delay p50, flood', value: loaded.delayP50Ms, unit: 'ms' },
    { name: 'extension host delay max, flood', value: loaded.delayMaxMs, unit: 'ms' },
    { name: `extension host process CPU in ${SECONDS} s, flood`, value: loaded.processCpuSeconds, unit: 's' },
    { name: 'flood', value: rate, unit: 'messages/s' },
  ];
}

/** What VS Code itself measured: loading the code, and the call of `activate`. */
async function readActivation({ workbench }: VscodeWindow): Promise<number> {
  await workbench.runCommand('Developer: Show Running Extensions');
  const row = workbench.page.locator('.runtime-extensions-editor .extension', { hasText: 'MQTT Workbench' });
  const time = row.locator('.activation-time', { hasText: /\d+ms/ }).first();
  const milliseconds = /(\d+)ms/.exec(await time.innerText())?.[1];
  await workbench.closeTab('Running Extensions');
  return Number(milliseconds);
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

/** From Enter in the palette to a port that accepts. */
async function startBroker({ workbench }: VscodeWindow, port: number): Promise<number> {
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
