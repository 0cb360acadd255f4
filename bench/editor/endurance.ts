/**
 * Twelve hours of 1,000 messages a second, as fast as they are taken, in a window of its own with the views open: does the
 * memory of the extension host, and so of the engine with its history and topics, stay flat; and that of the window?
 */
import { BYTES_PER_MEGABYTE } from '../load/processUsage.ts';
import type { FeltFigure } from '../report/felt.ts';
import type { Flood } from './floodOptions.ts';
import { ProbedWindow } from './probedWindow.ts';
import { startBroker } from './startingBroker.ts';
import { windowHeapBytes } from './windowHeap.ts';

const HOURS = 12;
const MESSAGES_PER_HOUR = 3600 * 1000;
/** In these, history and trees fill. */
const FILLING_HOURS = 2;
const SLICE_SECONDS = 5;

export async function measureEndurance(port: number): Promise<FeltFigure[]> {
  await using probed = await ProbedWindow.open({ 'mqttWorkbench.broker.port': port });
  const { workbench } = probed.window;
  await workbench.openViews('MQTT Workbench');
  await startBroker(probed.window, port);
  await workbench.runCommand('MQTT: Open Messages');
  const flood: Flood = {
    ...{ port, rate: 'free', prefix: 'plant', topics: 999 },
    ...{ payloadBytes: 64, seconds: SLICE_SECONDS },
  };
  const megabytes: number[] = [];
  const windowMegabytes: number[] = [];
  let sent = 0;
  for (let hour = 1; hour <= HOURS; hour++) {
    while (sent < MESSAGES_PER_HOUR * hour) sent += (await probed.flood(flood)).sent;
    megabytes.push((await probed.residentBytes()) / BYTES_PER_MEGABYTE);
    windowMegabytes.push((await windowHeapBytes(workbench.page)) / BYTES_PER_MEGABYTE);
  }
  return [
    {
      name: `${HOURS} h of 1,000 messages/s: memory of the extension host at the end`,
      value: megabytes.at(-1)!, // of HOURS
      unit: 'MB',
    },
    {
      name: 'the same: highest over lowest, once two hours have filled the history',
      value: spreadPercent(megabytes),
      unit: '%',
      budget: 10,
    },
    { name: 'the same: heap of the window at the end', value: windowMegabytes.at(-1)!, unit: 'MB' },
    {
      name: 'the same: highest over lowest, once two hours have passed',
      value: spreadPercent(windowMegabytes),
      unit: '%',
      budget: 10,
    },
  ];
}

/** By how much the highest is above the lowest, of those after the first hours. */
function spreadPercent(ofHours: readonly number[]): number {
  const settled = ofHours.slice(FILLING_HOURS);
  return (Math.max(...settled) / Math.min(...settled) - 1) * 100;
}
