/**
 * Twelve hours of 1,000 messages a second, as fast as they are taken: does the memory of the broker with its history and
 * topics stay flat? Without an editor: what lives that long is all in the engine.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startObserved } from '../brokers/brokers.ts';
import { residentBytes } from '../load/processUsage.ts';
import type { FeltFigure } from '../report/felt.ts';
import type { Flood } from './floodOptions.ts';
import { runFlood } from './runFlood.ts';

const HOURS = 12;
const MESSAGES = HOURS * 3600 * 1000;
/** Memory is looked at after each part. In the first, history and trees fill. */
const PARTS = 12;
const SLICE_SECONDS = 5;
const BYTES_PER_MEGABYTE = 1024 * 1024;

export async function measureEndurance(): Promise<FeltFigure[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'mqtt-workbench-bench-'));
  const broker = await startObserved('model', { folder });
  const cleanups: (() => Promise<unknown>)[] = [];
  const owner = { after: (end: () => Promise<unknown>) => void cleanups.push(end) };
  try {
    const flood: Flood = {
      ...{ port: broker.ports.mqtt ?? 0, rate: 'free', prefix: 'plant', topics: 999 },
      ...{ payloadBytes: 64, seconds: SLICE_SECONDS },
    };
    const megabytes: number[] = [];
    let sent = 0;
    for (let part = 1; part <= PARTS; part++) {
      while (sent < (MESSAGES * part) / PARTS) sent += (await runFlood(owner, flood)).sent;
      megabytes.push(residentBytes(broker.pid) / BYTES_PER_MEGABYTE);
    }
    const settled = megabytes.slice(2);
    const spread = (Math.max(...settled) / Math.min(...settled) - 1) * 100;
    return [
      { name: `${HOURS} h of 1,000 messages/s: memory at the end`, value: megabytes.at(-1)!, unit: 'MB' },
      {
        name: 'the same: highest over lowest, from its second hour on',
        value: spread,
        unit: '%',
        budget: 10,
      },
    ];
  } finally {
    for (const cleanup of cleanups) await cleanup();
    await broker.end('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  }
}
