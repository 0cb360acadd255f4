/**
 * What a flood does to the editor that watches it, with the sidebar and the Messages view open: how far behind they are,
 * how long the extension host and the window are held, what it costs the broker. The flood's branch is open in the tree.
 */
import type { FeltFigure } from '../report/felt.ts';
import type { FloodResult } from './floodOptions.ts';
import type { ProbedWindow } from './probedWindow.ts';
import { lagDuring, noLag } from './screenLag.ts';
import { longestTaskCpuDuring } from './windowTasks.ts';

const FLOOD_PER_SECOND = 50_000;
const FLOOD_TOPICS = 999;
const PAYLOAD_BYTES = 64;
/** Before the flood in the tree: its row is to stay in sight while the branch is open. */
const MARKER = 'clock';
const FREE_SECONDS = 10;
/** What was shown before is old: the first markers of the flood must have come. */
const SETTLE_MS = 2000;
const IDLE_MS = 5000;

export interface WatchingResult {
  readonly messagesPerSecond: number;
  readonly hostDelayP99Ms: number;
  /** Of the view that was most behind. */
  readonly viewLagMs: number;
}

export interface Watching {
  readonly result: WatchingResult;
  readonly figures: readonly FeltFigure[];
}

/** The broker runs, on this port. @param floodSeconds 60 for a full run. */
export async function measureWatching(
  probed: ProbedWindow,
  port: number,
  floodSeconds: number,
): Promise<Watching> {
  const { workbench } = probed.window;
  const flood = { port, prefix: 'flood', topics: FLOOD_TOPICS, payloadBytes: PAYLOAD_BYTES };

  await workbench.runCommand('MQTT: Clear Topics');
  await workbench.openViews('Explorer');
  const closed = await probed.flood({ ...flood, rate: 'free', seconds: FREE_SECONDS });
  const closedSteady = await probed.flood({ ...flood, rate: FLOOD_PER_SECOND, seconds: FREE_SECONDS });

  await workbench.openViews('MQTT Workbench');
  await workbench.runCommand('MQTT: Open Messages');
  await probed.flood({ ...flood, rate: 1000, seconds: 1, marker: MARKER });
  await workbench.pane('Topics').row(flood.prefix).expand();
  const open = await probed.flood({ ...flood, rate: 'free', seconds: FREE_SECONDS });
  let steady: FloodResult | undefined;
  let lag = noLag;
  const idle = await lagDuring(workbench.page, MARKER, 0, () => wait(IDLE_MS));
  let longestTaskMs = 0;
  const loop = await probed.loopDuring(async () => {
    longestTaskMs = await longestTaskCpuDuring(workbench.page, async () => {
      lag = await lagDuring(workbench.page, MARKER, SETTLE_MS, async () => {
        steady = await probed.flood({
          ...flood,
          rate: FLOOD_PER_SECOND,
          seconds: floodSeconds,
          marker: MARKER,
        });
      });
    });
  });
  if (lag.treeLooks === 0 || lag.messagesLooks === 0)
    throw new Error('the views showed nothing of the flood');

  const result: WatchingResult = {
    messagesPerSecond: steady?.messagesPerSecond ?? 0,
    hostDelayP99Ms: loop.delayP99Ms,
    viewLagMs: Math.max(lag.treeMaxMs, lag.messagesMaxMs),
  };
  const figures: FeltFigure[] = [
    { name: `flood of ${floodSeconds} s, views open`, value: result.messagesPerSecond, unit: 'messages/s' },
    { name: 'extension host delay p99 under it', value: result.hostDelayP99Ms, unit: 'ms', budget: 20 },
    { name: 'longest task of the window, idle', value: idle.stallMaxMs, unit: 'ms' },
    {
      name: 'longest task of the window under it, CPU of its thread',
      value: longestTaskMs,
      unit: 'ms',
      budget: 100,
    },
    {
      name: 'the longest by the clock, in which the thread waits for a core',
      value: lag.stallMaxMs,
      unit: 'ms',
    },
    { name: 'longest by the clock of those in a page of ours', value: lag.pageStallMaxMs, unit: 'ms' },
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
  ];
  return { result, figures };
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
