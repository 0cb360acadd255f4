/** The tables of docs/performance.md. Each is empty when the runs have nothing for it. */
import type { BrokerName } from '../brokers/brokers.ts';
import type { VariantGroup } from '../series.ts';
import type { Workload } from '../workloads.ts';
import { budgetSamples, bytesOfEach, ratiosToFirst, samplesOf } from './comparison.ts';
import { figures } from './figures.ts';
import type { Run } from './runs.ts';
import { isGeneratorBound } from './samples.ts';
import { spread } from './statistics.ts';
import { markdownTable } from './table.ts';
import { judge, verdictWords } from './verdict.ts';
import {
  budgetWords,
  feltValueWords,
  feltVerdictWords,
  NONE,
  numberWords,
  ratioWords,
  spreadWords,
} from './words.ts';

const brokers: Readonly<Record<BrokerName, string>> = {
  workbench: 'MQTT Workbench',
  mosquitto: 'mosquitto',
  aedes: 'aedes',
  sketch: 'bare sketch',
};
/** Its rate is what the generator had left to give. */
const BOUND_MARK = ' †';

/** A row for each budget: the ratio, or the figure itself, of every kept run, and what the newest says of the budget. */
export function budgetTable(workloads: readonly Workload[], runs: readonly Run[]): string {
  const rows = workloads.flatMap(({ id, name, figures: wanted }) =>
    wanted.flatMap(({ kind, budget }) => {
      if (budget === undefined) return [];
      const ofRuns = runs.map(({ series }) => budgetSamples(series[id], kind, budget));
      const bound = `${budgetWords(budget, kind)}${budget.of === 'mosquitto' ? ' of mosquitto' : ''}`;
      const words = ofRuns.map((samples) =>
        budget.of === 'mosquitto' ? ratioWords(samples, kind) : spreadWords(samples, figures[kind].unit),
      );
      const verdict = verdictWords[judge(ofRuns.at(-1) ?? [], budget)];
      return [[name, figures[kind].label, ...words, bound, verdict]];
    }),
  );
  return tableOf(['Workload', 'Figure', ...runs.map(runWords), 'Budget', 'Newest run'], rows);
}

/** A row for each figure of a run: median, least and most of each broker. */
export function figureTable(workloads: readonly Workload[], { series }: Run): string {
  const rows = workloads.flatMap(({ id, name, figures: wanted }) =>
    wanted.map(({ kind }) => [
      name,
      figures[kind].label,
      ...ofBrokers((broker) => {
        const samples = series[id]?.[broker];
        const isBound = figures[kind].isOfClock && samples !== undefined && isGeneratorBound(samples);
        const words = spreadWords(samplesOf(series[id], broker, kind), figures[kind].unit);
        return `${words}${isBound ? BOUND_MARK : ''}`;
      }),
    ]),
  );
  return tableOf(['Workload', 'Figure', ...Object.values(brokers)], rows);
}

/** What came a second by the clock, and how much of a core the generator needed for it. */
export function rateTable(workloads: readonly Workload[], { series }: Run): string {
  const rows = workloads
    .filter(({ load }) => load.kind !== 'idle')
    .map(({ id, name }) => [
      name,
      ...ofBrokers((broker) => {
        const samples = series[id]?.[broker];
        const rate = spread(samples?.rates ?? []);
        const share = spread(samples?.generatorShares ?? []);
        if (samples === undefined || rate === undefined || share === undefined) return NONE;
        const mark = isGeneratorBound(samples) ? BOUND_MARK : '';
        return `${numberWords(rate.median)}, generator ${share.median.toFixed(2)}${mark}`;
      }),
    ]);
  return tableOf(['Workload', ...Object.values(brokers)], rows);
}

/** How many acknowledged messages did not come back; the worst of the rounds. */
export function lostTable(workloads: readonly Workload[], { series }: Run): string {
  const rows = workloads
    .filter(({ isKilled }) => isKilled)
    .map(({ id, name }) => [
      name,
      ...ofBrokers((broker) => {
        const lost = spread(series[id]?.[broker]?.lost ?? []);
        return lost === undefined ? NONE : lost.most.toLocaleString('en');
      }),
    ]);
  return tableOf(['Workload', ...Object.values(brokers)], rows);
}

/** A row for each variant: of the newest run its figure and memory, and of every kept run its ratio to the first. */
export function groupTable(group: VariantGroup, runs: readonly Run[]): string {
  const [kind] = group.figures;
  const newest = runs.at(-1)?.series[group.id];
  if (newest === undefined) return '';
  const rows = group.contenders.map(({ name }, nth) => {
    const ofRuns = runs.map(({ series }) => ratiosToFirst(group, series[group.id], name));
    const row = [name, spreadWords(samplesOf(newest, name, kind), figures[kind].unit)];
    if (group.memoryOf !== undefined) row.push(spreadWords(bytesOfEach(group, newest, name), ''));
    if (nth === 0) return [...row, ...runs.map(() => '1'), '', ''];
    const verdict = verdictWords[judge(ofRuns.at(-1) ?? [], group.budget)];
    const words = ofRuns.map((samples) => ratioWords(samples, kind));
    return [...row, ...words, budgetWords(group.budget, kind), verdict];
  });
  const memory = group.memoryOf === undefined ? [] : [`bytes of a ${group.memoryOf}`];
  const head = [group.memoryOf === undefined ? '' : `${group.memoryOf}s`, figures[kind].label, ...memory];
  return tableOf([...head, ...runs.map(runWords), 'Budget', 'Newest run'], rows);
}

/** A row for each figure of the newest run that has any, as every kept run measured it. */
export function feltTable(runs: readonly Run[]): string {
  const newest = runs.at(-1)?.felt ?? [];
  const rows = newest.map((figure) => {
    const ofRuns = runs.map(({ felt }) => felt.find(({ name }) => name === figure.name));
    const words = ofRuns.map((other) => (other === undefined ? NONE : feltValueWords(other)));
    return [figure.name, ...words, feltVerdictWords(figure)];
  });
  return tableOf(['', ...runs.map(runWords), 'Budget'], rows);
}

function ofBrokers(words: (broker: string) => string): string[] {
  return Object.keys(brokers).map(words);
}

function runWords({ date, machine }: Run): string {
  return `${date.slice(0, 10)}, ${machine.workbench}`;
}

function tableOf(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? '' : markdownTable(header, rows);
}
