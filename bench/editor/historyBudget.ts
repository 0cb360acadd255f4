/**
 * What the process holds for the history of messages, beside its budget; and a payload of 100 MB, which is in it whole.
 * In a window of its own, with the Messages view open.
 */
import { BYTES_PER_MEGABYTE } from '../load/processUsage.ts';
import type { FeltFigure } from '../report/felt.ts';
import { ProbedWindow } from './probedWindow.ts';
import { startBroker } from './startingBroker.ts';

/** The default of the setting, and its least: what remains when there is next to no history. */
const BUDGET_MEGABYTES = 256;
const LEAST_MEGABYTES = 1;
const TOLERANCE = 1.1;
/** Small ones, whose rows weigh as much as they do, and large ones. */
const PAYLOADS = [64, 4096];
/** So many budgets of payload are published of each size. */
const BUDGETS = 4;
const SLICE_SECONDS = 3;
const TOPICS = 999;
const LARGE_BYTES = 100_000_000;

export async function measureHistory(port: number): Promise<readonly FeltFigure[]> {
  await using probed = await ProbedWindow.open({
    'mqttWorkbench.broker.port': port,
    'mqttWorkbench.history.megabytes': LEAST_MEGABYTES,
  });
  const { workbench, server } = probed.window;
  await workbench.openViews('MQTT Workbench');
  await startBroker(probed.window, port);
  await workbench.runCommand('MQTT: Open Messages');
  const without = await highestAfter(probed, port, 1);
  server.updateSettings({ 'mqttWorkbench.history.megabytes': BUDGET_MEGABYTES });
  const held = (await highestAfter(probed, port, BUDGETS)) - without;
  return [
    {
      name: `a full history of ${BUDGET_MEGABYTES} MB: memory of the extension host, more than with one of ${LEAST_MEGABYTES} MB`,
      value: held / BYTES_PER_MEGABYTE,
      unit: 'MB',
      budget: (BUDGET_MEGABYTES - LEAST_MEGABYTES) * TOLERANCE,
    },
    ...(await measureLargePayload(probed, port)),
  ];
}

/** Memory once so much of each kind was published: the highest of the looks that follow on a flood. Bytes. */
async function highestAfter(probed: ProbedWindow, port: number, budgets: number): Promise<number> {
  let highest = 0;
  for (const payloadBytes of PAYLOADS) {
    const enough = (budgets * BUDGET_MEGABYTES * BYTES_PER_MEGABYTE) / payloadBytes;
    for (let sent = 0; sent < enough; ) {
      const flood = { port, prefix: 'flood', topics: TOPICS, payloadBytes, seconds: SLICE_SECONDS };
      sent += (await probed.flood({ ...flood, rate: 'free' })).sent;
    }
    highest = Math.max(highest, await probed.residentBytes());
  }
  return highest;
}

async function measureLargePayload(probed: ProbedWindow, port: number): Promise<FeltFigure[]> {
  const { workbench } = probed.window;
  let treeMs = 0;
  let partMs = 0;
  const loop = await probed.loopDuring(async () => {
    const flood = { port, prefix: 'large', topics: 1, payloadBytes: LARGE_BYTES, seconds: 0 };
    const { endedAtMs } = await probed.flood({ ...flood, rate: 'once' });
    const branch = workbench.pane('Topics').row('large');
    await branch.waitFor();
    treeMs = Math.max(0, Date.now() - endedAtMs);
    await branch.expand();
    const openedAtMs = Date.now();
    await workbench.pane('Topics').row('device-0').click();
    const frame = await workbench.webview('Messages');
    await frame.getByText('Showing 262,144 bytes of 100,000,000 bytes.').waitFor();
    partMs = Date.now() - openedAtMs;
  });
  return [
    { name: 'a payload of 100 MB: in the tree after it was taken', value: treeMs, unit: 'ms', budget: 1000 },
    { name: 'the same: its first part shown after a click', value: partMs, unit: 'ms', budget: 1000 },
    { name: 'the same: extension host delay max', value: loop.delayMaxMs, unit: 'ms', budget: 100 },
  ];
}
