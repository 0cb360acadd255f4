/**
 * What a flood does to the editor that watches it, with the sidebar and the Messages view open: how far behind they are,
 * how long the extension host and the window are held, what it costs the broker; and a tree of 100,000 topics.
 */
import type { FeltFigure } from '../report/felt.ts';
import type { FloodResult } from './floodOptions.ts';
import type { ProbedWindow } from './probedWindow.ts';
import { runPageScript } from './runPageScript.ts';
import { lagDuring, noLag } from './screenLag.ts';

const FLOOD_PER_SECOND = 50_000;
const FLOOD_TOPICS = 999;
const PAYLOAD_BYTES = 64;
const MARKER = 'marker';
const MANY_TOPICS = 100_000;
const FREE_SECONDS = 10;
/** What was shown before is old: the first markers of the flood must have come. */
const SETTLE_MS = 2000;
const IDLE_MS = 5000;
const BYTES_PER_MEGABYTE = 1024 * 1024;

/** What `--json` promises by name. */
export interface WatchingResult {
  messagesPerSecond: number;
  hostDelayP99Ms: number;
  viewLagMs: number;
  tree100kTopicsMs: number;
  engineMb100kTopics: number;
  filterMs: number;
}

export interface Watching {
  readonly result: WatchingResult;
  readonly figures: readonly FeltFigure[];
}

/** The broker runs, on this port, and nothing has been published to it. @param floodSeconds 60 for a full run. */
export async function measureWatching(
  probed: ProbedWindow,
  port: number,
  floodSeconds: number,
): Promise<Watching> {
  const { workbench } = probed.window;
  const flood = { port, prefix: 'flood', topics: FLOOD_TOPICS, payloadBytes: PAYLOAD_BYTES };

  const before = await probed.residentBytes();
  await workbench.openViews('MQTT Workbench');
  await workbench.runCommand('MQTT: Clear Topics');
  const many = await manyTopics(probed, port);
  const after = await probed.residentBytes();
  const filterMs = await filterTopics(probed);

  await workbench.runCommand('MQTT: Clear Topics');
  await workbench.openViews('Explorer');
  const closed = await probed.flood({ ...flood, rate: 'free', seconds: FREE_SECONDS });
  const closedSteady = await probed.flood({ ...flood, rate: FLOOD_PER_SECOND, seconds: FREE_SECONDS });

  await workbench.openViews('MQTT Workbench');
  await workbench.runCommand('MQTT: Open Messages');
  await probed.flood({ ...flood, rate: 1000, seconds: 1, marker: MARKER });
  const open = await probed.flood({ ...flood, rate: 'free', seconds: FREE_SECONDS });
  let steady: FloodResult | undefined;
  let lag = noLag;
  const idle = await lagDuring(workbench.page, MARKER, 0, () => wait(IDLE_MS));
  const loop = await probed.loopDuring(async () => {
    lag = await lagDuring(workbench.page, MARKER, SETTLE_MS, async () => {
      steady = await probed.flood({
        ...flood,
        rate: FLOOD_PER_SECOND,
        seconds: floodSeconds,
        marker: MARKER,
      });
    });
  });
  if (lag.treeLooks === 0 || lag.messagesLooks === 0)
    throw new Error('the views showed nothing of the flood');

  const result: WatchingResult = {
    messagesPerSecond: steady?.messagesPerSecond ?? 0,
    hostDelayP99Ms: loop.delayP99Ms,
    viewLagMs: Math.max(lag.treeMaxMs, lag.messagesMaxMs),
    tree100kTopicsMs: many.treeMs,
    engineMb100kTopics: (after - before) / BYTES_PER_MEGABYTE,
    filterMs,
  };
  const figures: FeltFigure[] = [
    { name: `flood of ${floodSeconds} s, views open`, value: result.messagesPerSecond, unit: 'messages/s' },
    { name: 'extension host delay p99 under it', value: result.hostDelayP99Ms, unit: 'ms', budget: 20 },
    { name: 'longest task of the window, idle', value: idle.stallMaxMs, unit: 'ms' },
    { name: 'longest task of the window under it', value: lag.stallMaxMs, unit: 'ms', budget: 100 },
    { name: 'longest of those in a page of ours', value: lag.pageStallMaxMs, unit: 'ms' },
    { name: 'Topics tree behind at most', value: lag.treeMaxMs, unit: 'ms', budget: 1000 },
    { name: 'Messages view behind at most', value: lag.messagesMaxMs, unit: 'ms', budget: 1000 },
    { name: 'as fast as it is taken, views closed', value: closed.messagesPerSecond, unit: 'messages/s' },
    { name: 'the same, views open', value: open.messagesPerSecond, unit: 'messages/s' },
    {
      name: 'time of the steady flood, of that with views closed',
      value: closedSteady.messagesPerSecond / result.messagesPerSecond,
      unit: 'times',
      budget: 1 / 0.9,
    },
    {
      name: '100,000 topics: tree complete after the last message',
      value: result.tree100kTopicsMs,
      unit: 'ms',
      budget: 1000,
    },
    {
      name: '100,000 topics: memory of the extension host, more',
      value: result.engineMb100kTopics,
      unit: 'MB',
      budget: 150,
    },
    { name: '100,000 topics: filter answered', value: filterMs, unit: 'ms', budget: 100 },
  ];
  return { result, figures };
}

/** From the broker having taken the last message to the row that counts them all. */
async function manyTopics(probed: ProbedWindow, port: number): Promise<{ treeMs: number }> {
  const { workbench } = probed.window;
  const topics = MANY_TOPICS;
  const done = probed.flood({
    port,
    prefix: 'many',
    rate: 'once',
    topics,
    payloadBytes: PAYLOAD_BYTES,
    seconds: 0,
  });
  await workbench
    .pane('Topics')
    .row('many')
    .waitForDescription(/100,000 topics/);
  const shownAtMs = Date.now();
  const { endedAtMs } = await done;
  return { treeMs: Math.max(0, shownAtMs - endedAtMs) };
}

/** From a key in the box to the number of topics that match it. */
async function filterTopics({ window: { workbench } }: ProbedWindow): Promise<number> {
  const { page, quickInput } = workbench;
  await workbench.runCommand('MQTT: Filter Topics…');
  await quickInput.waitFor('Filter Topics');
  // device-4242, and device-42420 to device-42429.
  await runPageScript(page, 'filterWatch.js', "window.beginFilterWatch('11 topics match')");
  await quickInput.fill('device-4242');
  const tookMs = await page.evaluate<number>('window.filterAnswered');
  await quickInput.cancel();
  return tookMs;
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
