/**
 * What it costs the editor that every packet is traced, and the Packets view follows: how far behind it is, how long the
 * extension host is held, and whether the packets that it holds and those that it says it dropped are all there were. A
 * message without a subscriber is one packet.
 */
import type { FrameLocator } from 'playwright-core';
import type { FeltFigure } from '../report/felt.ts';
import type { ProbedWindow } from './probedWindow.ts';

const PACKETS_PER_SECOND = 20_000;
const TOPICS = 999;
const PAYLOAD_BYTES = 64;
const WARM_UP_SECONDS = 2;
const LOOKS_EVERY_MS = 50;
/** What was shown before is old: the first packets of the flood must have come. */
const SETTLE_MS = 1000;
/** Of each flood, beside its messages: CONNECT, CONNACK, PINGREQ, PINGRESP and DISCONNECT. */
const OTHER_PACKETS = 5;
/** For the view to count what came last. */
const MOST_LOOKS = 100;

/** The broker runs, on this port. */
export async function measureTracing(
  probed: ProbedWindow,
  port: number,
  floodSeconds: number,
): Promise<readonly FeltFigure[]> {
  const { workbench } = probed.window;
  const flood = {
    port,
    prefix: 'traced',
    topics: TOPICS,
    payloadBytes: PAYLOAD_BYTES,
    rate: PACKETS_PER_SECOND,
  };
  await workbench.openViews('Explorer');
  await workbench.runCommand('MQTT: Start Packet Trace');
  const frame = await workbench.webview('Packets');
  const warmUp = await probed.flood({ ...flood, seconds: WARM_UP_SECONDS });
  let sentPackets = warmUp.sent + 2 * OTHER_PACKETS;
  let lagMs = 0;
  let packetsPerSecond = 0;
  const loop = await probed.loopDuring(async () => {
    const flooding = probed.flood({ ...flood, seconds: floodSeconds });
    lagMs = await lagUntil(frame, flooding);
    const { messagesPerSecond, sent } = await flooding;
    packetsPerSecond = messagesPerSecond;
    sentPackets += sent;
  });
  const lostPackets = await packetsLost(frame, sentPackets);
  await workbench.runCommand('MQTT: Stop Packet Trace');
  return [
    {
      name: `packets traced for ${floodSeconds} s, Packets view open`,
      value: packetsPerSecond,
      unit: 'messages/s',
    },
    { name: 'extension host delay p99 while they are', value: loop.delayP99Ms, unit: 'ms', budget: 20 },
    { name: 'Packets view behind at most', value: lagMs, unit: 'ms', budget: 1000 },
    { name: 'packets neither held nor counted as dropped', value: lostPackets, unit: 'packets', budget: 0 },
  ];
}

/** Of so many that were sent, by the counts above the list; another client's may be among them. */
async function packetsLost(frame: FrameLocator, sentPackets: number): Promise<number> {
  let lost = sentPackets;
  for (let looks = 0; lost > 0 && looks < MOST_LOOKS; looks++) {
    const counts = await frame.locator('.panel-counts .count').allInnerTexts();
    const countOf = (word: RegExp): number =>
      Number(counts.find((words) => word.test(words))?.replaceAll(/\D/g, '') ?? 0);
    lost = Math.max(0, sentPackets - countOf(/ packets?$/) - countOf(/ dropped$/));
    await wait(LOOKS_EVERY_MS);
  }
  return lost;
}

/** The most that the newest row was behind the clock, until the work is done. */
async function lagUntil(frame: FrameLocator, work: Promise<unknown>): Promise<number> {
  let isDone = false;
  const done = work.finally(() => {
    isDone = true;
  });
  await wait(SETTLE_MS);
  let most = 0;
  let looks = 0;
  for (;;) {
    const lag = await frame.locator('.packet-list').evaluate(lagOfNewest);
    // What is looked at behind the end of the flood is as old as it may be.
    if (isDone) break;
    looks++;
    most = Math.max(most, lag);
    await wait(LOOKS_EVERY_MS);
  }
  await done;
  if (looks === 0) throw new Error('nothing was looked at during the flood');
  return most;
}

/** Of the page's types only this much is known here. */
interface ListElement {
  querySelectorAll(selector: string): ArrayLike<{ readonly textContent: string | null }>;
}

/** Milliseconds from the time that the newest row shows, of today. Runs in the page. */
function lagOfNewest(list: ListElement): number {
  const times = list.querySelectorAll('.row-time');
  const text = times[times.length - 1]?.textContent ?? '';
  const [hours = 0, minutes = 0, seconds = 0] = text.split(':').map(Number);
  const now = new Date();
  const shownMs = ((hours * 60 + minutes) * 60 + seconds) * 1000;
  const nowMs =
    ((now.getHours() * 60 + now.getMinutes()) * 60 + now.getSeconds()) * 1000 + now.getMilliseconds();
  return nowMs - shownMs;
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
