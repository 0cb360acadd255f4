/**
 * The generated part of docs/performance.md: the runs of bench/results.json as tables. Everything around it is written
 * by hand. `node bench/report/performancePage.ts` writes it anew, after a budget or a table has changed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { inRepository } from '../../test/support/repository.ts';
import { groups } from '../groups.ts';
import { workloads } from '../workloads.ts';
import { budgetTable, feltTable, figureTable, groupTable, lostTable, rateTable } from './pageTables.ts';
import { type Machine, type Run, readRuns } from './runs.ts';
import { failureLines } from './terminal.ts';

export const pagePath = inRepository('docs/performance.md');
const BEGIN = '<!-- bench: begin -->';
const END = '<!-- bench: end -->';

/** The page with another generated part. Throws when it does not have both marks. */
export function withRuns(page: string, runs: readonly Run[]): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END, begin);
  if (begin === -1 || end === -1) throw new Error(`the page has no ${BEGIN} with an ${END} behind it`);
  return `${page.slice(0, begin + BEGIN.length)}\n${generated(runs)}\n${page.slice(end)}`;
}

export function writePage(runs: readonly Run[]): void {
  writeFileSync(pagePath, withRuns(readFileSync(pagePath, 'utf8'), runs));
}

function generated(runs: readonly Run[]): string {
  const newest = runs.at(-1);
  if (newest === undefined) return '\nNothing has been measured yet.\n';
  const sections: [title: string, text: string][] = [
    ['Beside mosquitto, and beside the budgets', budgetTable(workloads, runs)],
    ['The figures', figureTable(workloads, newest)],
    ['Rates', rateTable(workloads, newest)],
    ['What was lost in a kill', lostTable(workloads, newest)],
    ...groups.map((group): [string, string] => [group.name, groupTable(group, runs)]),
    ['In the editor, and sizes', feltTable(runs)],
    [
      'What failed',
      failureLines(newest.series)
        .map((line) => `- ${line}`)
        .join('\n'),
    ],
  ];
  const parts = sections
    .filter(([, text]) => text !== '')
    .map(([title, text]) => `### ${title}\n\n${text}\n`);
  return `\n${circumstances(newest)}\n\n${parts.join('\n')}`;
}

/** All on one line, as a paragraph of a table's page may be. */
function circumstances({ date, rounds, machine }: Run): string {
  return `Newest run: ${date.slice(0, 10)}, ${rounds} rounds. ${machineWords(machine)}`;
}

function machineWords({ cpu, cores, node, mosquitto, aedes, workbench }: Machine): string {
  return (
    `MQTT Workbench ${workbench}, mosquitto ${mosquitto}, aedes ${aedes}; Node ${node}; ` +
    `${cpu}, ${cores} ${cores === 1 ? 'core' : 'cores'}.`
  );
}

if (import.meta.main) writePage(readRuns());
