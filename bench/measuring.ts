/**
 * Measures series round by round: in each round every series, in each series every contender in turn, each with a broker
 * and a folder of its own. The order of contenders rotates, so that none of them always comes first.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { showProgress } from '../scripts/support/progress.js';
import type { RunningBroker } from './brokers/brokers.ts';
import type { GeneratorProcess } from './generatorProcess.ts';
import { addCell, type Cell, noSamples, type Samples } from './report/samples.ts';
import type { Contender, Series } from './series.ts';

const MOST_LINES = 12;

/** By series, then by contender. */
export type MeasuredSeries = Record<string, Record<string, Samples>>;

/** Never rejects for a broker or a load that failed: that is a sample which could not be taken. Prints how far it is. */
export async function measureSeries(
  all: readonly Series[],
  rounds: number,
  generator: GeneratorProcess,
): Promise<MeasuredSeries> {
  const measured: MeasuredSeries = {};
  for (const { id, contenders } of all)
    measured[id] = Object.fromEntries(contenders.map(({ name }) => [name, noSamples()]));
  for (let round = 0; round < rounds; round++) {
    const progress = showProgress(`Round ${round + 1} of ${rounds}`);
    const failures: string[] = [];
    for (const { id, contenders, figures } of all) {
      for (const contender of rotated(contenders, round)) {
        const { name, load } = contender;
        progress.update(`${id} ${name}`);
        const cell = await measureCell(contender, generator);
        if (cell.kind === 'failed') failures.push(failureText(id, name, cell.reason));
        addCell(measured[id]![name]!, cell, load, figures); // made above
      }
    }
    progress.done();
    for (const failure of failures) console.log(failure);
  }
  return measured;
}

/** With so much of a stack, or of a broker's log, as helps. */
function failureText(id: string, name: string, reason: string): string {
  return `  ${id}, ${name} failed: ${reason.split('\n').slice(0, MOST_LINES).join('\n    ')}`;
}

function rotated<T>(all: readonly T[], by: number): T[] {
  const first = by % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
}

async function measureCell(contender: Contender, generator: GeneratorProcess): Promise<Cell> {
  const folder = mkdtempSync(join(tmpdir(), 'mqtt-workbench-bench-'));
  const broker = new CellBroker(contender, folder);
  const endWithUs = (): void => {
    void broker.end();
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', endWithUs);
  try {
    return await measureOn(broker, contender, generator);
  } catch (error) {
    return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
  } finally {
    process.off('exit', endWithUs);
    await broker.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The broker of a cell: at most one process at a time. */
class CellBroker {
  readonly #contender: Contender;
  readonly #folder: string;
  #broker: RunningBroker | undefined;

  constructor(contender: Contender, folder: string) {
    this.#contender = contender;
    this.#folder = folder;
  }

  /** Ends the one that runs. */
  async start(): Promise<RunningBroker> {
    await this.end();
    const persists = this.#contender.isKilled !== undefined;
    this.#broker = await this.#contender.start({ folder: this.#folder, persists });
    return this.#broker;
  }

  async end(): Promise<void> {
    await this.#broker?.end('SIGKILL');
  }
}

async function measureOn(
  broker: CellBroker,
  { load, isKilled }: Contender,
  generator: GeneratorProcess,
): Promise<Cell> {
  const measurement = await generator.put(await broker.start(), load);
  const { missing } = measurement;
  if (measurement.count === 0) return { kind: 'failed', reason: 'nothing was delivered' };
  if (missing > 0)
    return { kind: 'failed', reason: `${missing} messages are missing, or came out of order`, missing };
  if (isKilled === undefined) return { kind: 'measured', measurement };
  const resumed = await generator.put(await broker.start(), { kind: 'resume' });
  const lost = Math.max(0, measurement.count - resumed.count);
  if (isKilled === 'mayLose' || lost === 0) return { kind: 'measured', measurement, lost };
  return { kind: 'failed', reason: `${lost} messages that it had acknowledged are lost`, lost };
}
