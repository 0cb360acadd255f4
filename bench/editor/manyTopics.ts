/**
 * 100,000 topics in an engine that has just started: how soon the tree is complete, what the engine takes for them, how
 * soon a filter is answered; and as many children in one branch.
 */

import { BYTES_PER_MEGABYTE } from '../load/processUsage.ts';
import type { FeltFigure } from '../report/felt.ts';
import { median } from '../report/statistics.ts';
import { ProbedWindow } from './probedWindow.ts';
import { runPageScript } from './runPageScript.ts';
import { startBroker } from './startingBroker.ts';

const TOPICS = 100_000;
const PAYLOAD_BYTES = 64;
/** Each finds one topic, and the ten whose number has a digit more. */
const FILTERS = ['device-4242', 'device-1717', 'device-9999', 'device-2048', 'device-6310'];
const FOUND = '11 topics match';
const UNKNOWN = 'no such device';
const NONE_FOUND = 'No topic matches';
const OPEN_PER_SECOND = 5000;
const OPEN_SECONDS = 10;

export interface ManyTopics {
  readonly treeMs: number;
  /** Of the whole process of the extension host, from before the engine was started. */
  readonly megabytes: number;
  readonly filterMs: number;
  readonly figures: readonly FeltFigure[];
}

/** In a window of its own. */
export async function measureManyTopics(port: number): Promise<ManyTopics> {
  await using probed = await ProbedWindow.open({ 'mqttWorkbench.broker.port': port });
  const { workbench } = probed.window;
  await workbench.openViews('MQTT Workbench');
  const before = await probed.residentBytesAtRest();
  await startBroker(probed.window, port);
  const treeMs = await shownAfter(probed, port, { prefix: 'many' });
  const megabytes = ((await probed.residentBytes()) - before) / BYTES_PER_MEGABYTE;
  const filters = await filterTopics(probed);
  const filterMs = median(filters);
  await workbench.runCommand('MQTT: Clear Topics');
  const branch = await measureBranch(probed, port);
  return {
    treeMs,
    megabytes,
    filterMs,
    figures: [
      {
        name: '100,000 topics: tree complete after the last message',
        value: treeMs,
        unit: 'ms',
        budget: 1000,
      },
      {
        name: '100,000 topics: memory of the extension host, more than before its engine started',
        value: megabytes,
        unit: 'MB',
        budget: 150,
      },
      {
        name: `100,000 topics: filter answered, median of ${FILTERS.length}`,
        value: filterMs,
        unit: 'ms',
        budget: 100,
      },
      { name: '100,000 topics: filter answered, slowest', value: Math.max(...filters), unit: 'ms' },
      ...branch,
    ],
  };
}

/** From the broker having taken the last message to the row that counts them all. Milliseconds. */
async function shownAfter(
  probed: ProbedWindow,
  port: number,
  tree: { readonly prefix: string; readonly isFlat?: boolean },
): Promise<number> {
  const each = { rate: 'once', topics: TOPICS, payloadBytes: PAYLOAD_BYTES, seconds: 0 } as const;
  const done = probed.flood({ port, ...each, ...tree });
  await probed.window.workbench
    .pane('Topics')
    .row(tree.prefix)
    .waitForDescription(/100,000 topics/);
  const shownAtMs = Date.now();
  const { endedAtMs } = await done;
  return Math.max(0, shownAtMs - endedAtMs);
}

/** From a key in the box to the number of topics that match it. */
async function filterTopics({ window: { workbench } }: ProbedWindow): Promise<number[]> {
  const { page, quickInput } = workbench;
  const took: number[] = [];
  await workbench.runCommand('MQTT: Filter Topics…');
  await quickInput.waitFor('Filter Topics');
  for (const filter of FILTERS) {
    await quickInput.fill(UNKNOWN);
    await quickInput.waitForMessage(NONE_FOUND);
    await runPageScript(page, 'filterWatch.js', `window.beginFilterWatch(${JSON.stringify(FOUND)})`);
    await quickInput.fill(filter);
    took.push(await page.evaluate<number>('window.filterAnswered'));
  }
  await quickInput.cancel();
  return took;
}

/** 100,000 topics side by side. Leaves their branch open. */
async function measureBranch(probed: ProbedWindow, port: number): Promise<FeltFigure[]> {
  const topics = probed.window.workbench.pane('Topics');
  await shownAfter(probed, port, { prefix: 'flat', isFlat: true });
  const openedAtMs = Date.now();
  await topics.row('flat').expand();
  await topics.row('device-0').waitFor();
  const openMs = Date.now() - openedAtMs;
  const loop = await probed.loopDuring(async () => {
    const flood = { port, prefix: 'flat', topics: TOPICS, isFlat: true, payloadBytes: PAYLOAD_BYTES };
    await probed.flood({ ...flood, rate: OPEN_PER_SECOND, seconds: OPEN_SECONDS });
  });
  return [
    {
      name: 'a branch of 100,000 children: opened, to its first row',
      value: openMs,
      unit: 'ms',
      budget: 1000,
    },
    {
      name: 'the same, open, 5,000 messages/s to them: extension host delay p99',
      value: loop.delayP99Ms,
      unit: 'ms',
      budget: 20,
    },
  ];
}
