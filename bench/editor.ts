/**
 * MQTT Workbench inside a real VS Code, beside its budgets: `npm run bench:editor`. What a person feels at the start
 * (editor/feel.ts), what a flood does to who watches it (editor/watching.ts), the same of a trace of its packets
 * (editor/tracing.ts), 100,000 topics (editor/manyTopics.ts), a full history (editor/historyBudget.ts), and what comes
 * from another broker (editor/remote.ts).
 *
 * With `--json` the last line is one JSON object of what came out; `npm run bench` takes its `figures`. `--quick` floods
 * for ten seconds rather than a minute, and leaves out the twelve hours of editor/endurance.ts.
 */
import { findFreePort } from '../src/transports/freePort.ts';
import { measureEndurance } from './editor/endurance.ts';
import { measureFeel } from './editor/feel.ts';
import { measureHistory } from './editor/historyBudget.ts';
import { measureManyTopics } from './editor/manyTopics.ts';
import { ProbedWindow } from './editor/probedWindow.ts';
import { measureRemote } from './editor/remote.ts';
import { measureTracing } from './editor/tracing.ts';
import { measureWatching } from './editor/watching.ts';
import { feltLines } from './report/terminal.ts';
import { measureSizes } from './sizes.ts';

const FLOOD_SECONDS = 60;
const QUICK_FLOOD_SECONDS = 10;

/** What `--json` promises by name. */
interface Promised {
  readonly messagesPerSecond: number;
  readonly hostDelayP99Ms: number;
  readonly viewLagMs: number;
  readonly tree100kTopicsMs: number;
  readonly engineMb100kTopics: number;
  readonly filterMs: number;
}

const isQuick = process.argv.includes('--quick');
const floodSeconds = isQuick ? QUICK_FLOOD_SECONDS : FLOOD_SECONDS;
const port = await findFreePort('127.0.0.1', 41_883);
const { felt, watched, tracing } = await measureLocal();
const many = await measureManyTopics(port);
const history = await measureHistory(port);
const remote = await measureRemote(floodSeconds);
const endurance = isQuick ? [] : await measureEndurance(port);
const figures = [
  ...[...felt, ...watched.figures, ...tracing, ...many.figures],
  ...[...history, ...remote, ...endurance, ...measureSizes()],
];
for (const line of feltLines(figures)) console.log(line);
const promised: Promised = {
  ...watched.result,
  tree100kTopicsMs: many.treeMs,
  engineMb100kTopics: many.megabytes,
  filterMs: many.filterMs,
};
if (process.argv.includes('--json')) console.log(JSON.stringify({ ...promised, figures }));

/** With the local broker, in one window. */
async function measureLocal() {
  await using probed = await ProbedWindow.open({ 'mqttWorkbench.broker.port': port });
  const felt = await measureFeel(probed, port);
  const watched = await measureWatching(probed, port, floodSeconds);
  return { felt, watched, tracing: await measureTracing(probed, port, floodSeconds) };
}
