/**
 * What a person feels before anything is published, and under a flood of 5,000 messages a second with the Topics view
 * open: activation, palette command to listening port, the extension host's event loop beside that of the idle window.
 */
import type { VscodeWindow } from '../../test/host/vscodeWindow.ts';
import type { FeltFigure } from '../report/felt.ts';
import { median } from '../report/statistics.ts';
import type { ProbedWindow } from './probedWindow.ts';
import { startBroker } from './startingBroker.ts';

const MESSAGES_PER_SECOND = 5_000;
const TOPICS = 999;
const PAYLOAD_BYTES = 64;
const SECONDS = 20;
/** How often the window is opened to measure the activation: each start has its own luck with caches and neighbours. */
const STARTS = 5;

/** Leaves the broker running. */
export async function measureFeel(probed: ProbedWindow, port: number): Promise<FeltFigure[]> {
  const { window } = probed;
  const activationsMs: number[] = [];
  const overIdleMs: number[] = [];
  for (let start = 0; start < STARTS; start++) {
    if (start > 0) await window.workbench.page.reload();
    await window.workbench.activity('MQTT Workbench').waitFor();
    const [oursMs, idleMs] = await readActivations(window, ['MQTT Workbench', 'Idle extension']);
    activationsMs.push(oursMs);
    overIdleMs.push(oursMs - idleMs);
  }
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
  // The branch is opened before anything is measured: a page of rows of which the view shows what fits.
  await probed.flood({ ...flood, seconds: 1 });
  await window.workbench.pane('Topics').row('bench').expand();
  let rate = 0;
  const loaded = await probed.loopDuring(async () => {
    rate = (await probed.flood({ ...flood, seconds: SECONDS })).messagesPerSecond;
  });
  return [
    {
      name: `activation, engine not started, median of ${STARTS}`,
      value: median(activationsMs),
      unit: 'ms',
      budget: 30,
    },
    { name: 'activation, fastest', value: Math.min(...activationsMs), unit: 'ms' },
    { name: 'activation, slowest', value: Math.max(...activationsMs), unit: 'ms' },
    {
      name: 'activation, more than that of an extension that does nothing, median',
      value: median(overIdleMs),
      unit: 'ms',
      budget: 30,
    },
    { name: 'palette command to listening port', value: listeningMs, unit: 'ms', budget: 300 },
    { name: 'extension host delay p99, idle', value: idle.delayP99Ms, unit: 'ms' },
    { name: 'extension host delay p99, flood', value: loaded.delayP99Ms, unit: 'ms', budget: 50 },
    { name: 'extension host delay p50, flood', value: loaded.delayP50Ms, unit: 'ms' },
    { name: 'extension host delay max, flood', value: loaded.delayMaxMs, unit: 'ms' },
    { name: `extension host process CPU in ${SECONDS} s, flood`, value: loaded.processCpuSeconds, unit: 's' },
    { name: 'flood', value: rate, unit: 'messages/s' },
  ];
}

/** What VS Code itself measured of each: loading the code, and the call of `activate`. */
async function readActivations(
  { workbench }: VscodeWindow,
  [ours, other]: readonly [string, string],
): Promise<[number, number]> {
  await workbench.runCommand('Developer: Show Running Extensions');
  const timeOf = async (hasText: string): Promise<number> => {
    const row = workbench.page.locator('.runtime-extensions-editor .extension', { hasText });
    const time = row.locator('.activation-time', { hasText: /\d+ms/ }).first();
    return Number(/(\d+)ms/.exec(await time.innerText())?.[1]);
  };
  const times: [number, number] = [await timeOf(ours), await timeOf(other)];
  await workbench.closeTab('Running Extensions');
  return times;
}
