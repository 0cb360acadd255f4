/**
 * What a person feels of MQTT Workbench inside a real VS Code, beside its budget: `npm run bench:editor`.
 *
 * Activation, palette command to listening port, the extension host's event loop under a flood with the Topics view
 * open, and the sizes of what is shipped. The same window is measured idle first, so that what VS Code itself costs on
 * this machine stands beside what the flood costs. With `--json` the last line is what came out, for `npm run bench`.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createVSIX } from '@vscode/vsce';
import { findFreePort } from '../src/transports/freePort.ts';
import { openVscodeWindow, type VscodeWindow } from '../test/host/vscodeWindow.ts';
import { Program } from '../test/support/program.ts';
import { inRepository, vsixPath } from '../test/support/repository.ts';
import type { FeltFigure } from './report/felt.ts';
import { feltLines } from './report/terminal.ts';
import { measureSizes } from './sizes.ts';

const MESSAGES_PER_SECOND = 5_000;
const TOPICS = 1_000;
const SECONDS = 20;
/** How often the window is opened to measure the activation: each start has its own luck with caches and neighbours. */
const STARTS = 5;
const POLL_MS = 2;

interface EventLoop {
  delayP50Ms: number;
  delayP99Ms: number;
  delayMaxMs: number;
  processCpuSeconds: number;
}

const folder = mkdtempSync(path.join(tmpdir(), 'mqtt-workbench-bench-'));
const probeFile = path.join(folder, 'probe.jsonl');
const cleanups: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];

/** The newest record of a kind that the probe wrote, once there are `count` of them. */
async function probed<T>(kind: string, count: number): Promise<T> {
  for (;;) {
    const lines = readFileSync(probeFile, 'utf8').split('\n').filter(Boolean);
    const records = lines.map((line) => JSON.parse(line) as { kind: string }).filter((r) => r.kind === kind);
    // The probe's records are written by probe.js with these fields.
    if (records.length >= count) return records[count - 1] as T;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

/** What VS Code itself measured: loading the code, and the call of `activate`. */
async function readActivation({ workbench }: VscodeWindow): Promise<number> {
  await workbench.runCommand('Developer: Show Running Extensions');
  const row = workbench.page.locator('.runtime-extensions-editor .extension', { hasText: 'MQTT Workbench' });
  const time = row.locator('.activation-time', { hasText: /\d+ms/ }).first();
  const milliseconds = /(\d+)ms/.exec(await time.innerText())?.[1];
  await workbench.closeTab('Running Extensions');
  return Number(milliseconds);
}

/** From Enter in the palette to a port that accepts. */
async function startBroker({ workbench }: VscodeWindow, port: number): Promise<number> {
  const title = 'MQTT: Start Local Broker';
  await workbench.page.keyboard.press('F1');
  await workbench.quickInput.waitFor('Type the name of a command to run.');
  await workbench.quickInput.fill(`>${title}`);
  await workbench.quickInput.row(title).waitFor();
  const startedAtMs = performance.now();
  const accepted = workbench.quickInput.accept();
  while (!(await isListening(port))) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  const tookMs = performance.now() - startedAtMs;
  await accepted;
  return tookMs;
}

async function measureLoop(window: VscodeWindow, nth: number, work: () => Promise<void>): Promise<EventLoop> {
  await window.workbench.runCommand('Probe: Start');
  await probed('started', nth);
  await work();
  await window.workbench.runCommand('Probe: Stop');
  return probed<EventLoop>('eventLoop', nth);
}

async function flood(port: number, seconds: number): Promise<number> {
  const load = Program.start({ after: (end) => cleanups.push(end) }, process.execPath, [
    ...[inRepository('bench/editorFlood.ts'), String(port)],
    ...[String(MESSAGES_PER_SECOND), String(TOPICS), String(seconds)],
  ]);
  const { stdout, stderr, exitCode } = await load.ended;
  if (exitCode !== 0) throw new Error(stderr);
  return (JSON.parse(stdout) as { messagesPerSecond: number }).messagesPerSecond;
}

async function measure(): Promise<FeltFigure[]> {
  writeFileSync(probeFile, '');
  const probeVsix = path.join(folder, 'probe.vsix');
  await createVSIX({
    cwd: inRepository('bench/probe'),
    packagePath: probeVsix,
    dependencies: false,
    allowMissingRepository: true,
    skipLicense: true,
  });
  const port = await findFreePort('127.0.0.1', 41_883);
  const window = await openVscodeWindow({
    settings: { 'mqttWorkbench.broker.port': port },
    env: { MQTT_WORKBENCH_PROBE: probeFile },
    extensions: [vsixPath, probeVsix],
  });
  cleanups.push(() => window.dispose());
  const activationsMs: number[] = [];
  for (let start = 0; start < STARTS; start++) {
    if (start > 0) await window.workbench.page.reload();
    await window.workbench.activity('MQTT Workbench').waitFor();
    activationsMs.push(await readActivation(window));
  }
  activationsMs.sort((a, b) => a - b);
  const listeningMs = await startBroker(window, port);

  await window.workbench.openViews('MQTT Workbench');
  const idle = await measureLoop(
    window,
    1,
    () => new Promise((resolve) => setTimeout(resolve, SECONDS * 500)),
  );
  // The branch is opened before anything is measured: 1,000 rows of which the view shows what fits.
  await flood(port, 1);
  await window.workbench.pane('Topics').row('bench').expand();
  let rate = 0;
  const loaded = await measureLoop(window, 2, async () => {
    rate = await flood(port, SECONDS);
  });
  return [
    {
      name: `activation, engine not started, median of ${STARTS}`,
      // STARTS is odd: there is a middle, a first and a last.
      value: activationsMs[(STARTS - 1) / 2]!,
      unit: 'ms',
      budget: 30,
    },
    { name: 'activation, fastest', value: activationsMs[0]!, unit: 'ms' },
    { name: 'activation, slowest', value: activationsMs[STARTS - 1]!, unit: 'ms' },
    { name: 'palette command to listening port', value: listeningMs, unit: 'ms', budget: 300 },
    { name: 'extension host delay p99, idle', value: idle.delayP99Ms, unit: 'ms' },
    { name: 'extension host delay p99, flood', value: loaded.delayP99Ms, unit: 'ms', budget: 50 },
    { name: 'extension host delay p50, flood', value: loaded.delayP50Ms, unit: 'ms' },
    { name: 'extension host delay max, flood', value: loaded.delayMaxMs, unit: 'ms' },
    { name: `extension host process CPU in ${SECONDS} s, flood`, value: loaded.processCpuSeconds, unit: 's' },
    { name: 'flood', value: rate, unit: 'messages/s' },
    ...measureSizes(),
  ];
}

try {
  const figures = await measure();
  if (process.argv.includes('--json')) console.log(JSON.stringify(figures));
  else for (const line of feltLines(figures)) console.log(line);
} finally {
  for (const cleanup of cleanups.reverse()) await cleanup();
}
