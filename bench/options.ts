/** What `npm run bench -- …` was asked for. */
import { parseArgs } from 'node:util';

export const usage = `npm run bench [-- OPTIONS]
  --rounds N     how often each broker is measured: 5 unless given, 3 with --quick
  --only ID,…    these workloads and groups only
  --quick        MQTT Workbench beside the last full run, in two minutes
  --no-editor    without VS Code
  --no-build     dist/ as it is`;

export interface BenchOptions {
  readonly rounds: number;
  /** Absent: all. */
  readonly only?: readonly string[];
  readonly isQuick: boolean;
  readonly hasEditor: boolean;
  readonly builds: boolean;
}

export const FULL_ROUNDS = 5;
const QUICK_ROUNDS = 3;

/** @throws Error with one sentence for a person. */
export function parseOptions(args: readonly string[], ids: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string' },
      only: { type: 'string' },
      quick: { type: 'boolean', default: false },
      'no-editor': { type: 'boolean', default: false },
      'no-build': { type: 'boolean', default: false },
    },
  });
  const rounds = Number(values.rounds ?? (values.quick ? QUICK_ROUNDS : FULL_ROUNDS));
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds takes a whole number, 1 or more');
  const only = values.only?.split(',');
  const unknown = only?.filter((id) => !ids.includes(id)) ?? [];
  if (unknown.length > 0) throw new Error(`--only: there is no ${unknown.join(', ')}, but ${ids.join(', ')}`);
  return {
    rounds,
    ...(only && { only }),
    isQuick: values.quick,
    hasEditor: !values['no-editor'],
    builds: !values['no-build'],
  };
}

/** Whether it measures enough to be kept and shown to others. */
export function isFull({ rounds, only, isQuick }: BenchOptions): boolean {
  return !isQuick && only === undefined && rounds >= FULL_ROUNDS;
}
