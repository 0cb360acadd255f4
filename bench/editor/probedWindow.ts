/**
 * A VS Code with our extension, and beside it in the same extension host a probe, for what happens there, and an extension
 * that does nothing, to compare with; and what the window itself can be asked about the time that it spends.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createVSIX } from '@vscode/vsce';
import { openVscodeWindow, type VscodeWindow } from '../../test/host/vscodeWindow.ts';
import type { Owner } from '../../test/support/program.ts';
import { inRepository, vsixPath } from '../../test/support/repository.ts';
import type { Flood, FloodResult } from './floodOptions.ts';
import { runFlood } from './runFlood.ts';

const POLL_MS = 2;
/** The extension host is at rest when its memory changes by less in this time. */
const REST_MS = 1000;
const UNREST_BYTES = 1_000_000;
const MOST_LOOKS = 30;

export interface EventLoop {
  delayP50Ms: number;
  delayP99Ms: number;
  delayMaxMs: number;
  /** Of the extension host's process, in which the engine is a thread. */
  processCpuSeconds: number;
}

/** One of the bench's own, as a .vsix in the folder. Returns its path. */
async function packExtension(name: string, folder: string): Promise<string> {
  const packagePath = path.join(folder, `${name}.vsix`);
  await createVSIX({
    cwd: inRepository(`bench/${name}`),
    packagePath,
    dependencies: false,
    allowMissingRepository: true,
    skipLicense: true,
  });
  return packagePath;
}

export class ProbedWindow implements AsyncDisposable {
  readonly window: VscodeWindow;
  readonly #probeFile: string;
  readonly #cleanups: (() => unknown)[];
  readonly #answers = new Map<string, number>();

  static async open(settings: Readonly<Record<string, unknown>>): Promise<ProbedWindow> {
    const folder = mkdtempSync(path.join(tmpdir(), 'mqtt-workbench-bench-'));
    const cleanups: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
    const probeFile = path.join(folder, 'probe.jsonl');
    writeFileSync(probeFile, '');
    const beside = ['probe', 'idleExtension'].map((name) => packExtension(name, folder));
    const window = await openVscodeWindow({
      settings,
      env: { MQTT_WORKBENCH_PROBE: probeFile },
      extensions: [vsixPath, ...(await Promise.all(beside))],
    });
    cleanups.push(() => window.dispose());
    return new ProbedWindow(window, probeFile, cleanups);
  }

  private constructor(window: VscodeWindow, probeFile: string, cleanups: (() => unknown)[]) {
    this.window = window;
    this.#probeFile = probeFile;
    this.#cleanups = cleanups;
  }

  /** What is started for it ends with it. */
  get owner(): Owner {
    return { after: (end) => void this.#cleanups.push(end) };
  }

  /** How the extension host's event loop fared meanwhile. */
  async loopDuring(work: () => Promise<void>): Promise<EventLoop> {
    await this.#ask('Probe: Start', 'started');
    await work();
    return this.#ask('Probe: Stop', 'eventLoop');
  }

  /** Of the extension host's process, bytes. */
  async residentBytes(): Promise<number> {
    const { bytes } = await this.#ask<{ bytes: number }>('Probe: Memory', 'memory');
    return bytes;
  }

  /** As `residentBytes`, once VS Code has loaded what it loads after its start: to be compared with what is there later. */
  async residentBytesAtRest(): Promise<number> {
    let before = await this.residentBytes();
    for (let look = 1; look < MOST_LOOKS; look++) {
      await new Promise((resolve) => setTimeout(resolve, REST_MS));
      const now = await this.residentBytes();
      if (Math.abs(now - before) <= UNREST_BYTES) return now;
      before = now;
    }
    throw new Error(`the extension host's memory has not come to rest in ${MOST_LOOKS} looks`);
  }

  /** Ends when the broker has taken everything. */
  flood(options: Flood): Promise<FloodResult> {
    return runFlood(this.owner, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const cleanup of this.#cleanups.reverse()) await cleanup();
  }

  /** Runs a command of the probe, and waits for its record in the file. */
  async #ask<T>(command: string, kind: string): Promise<T> {
    const nth = this.#answers.get(kind) ?? 0;
    this.#answers.set(kind, nth + 1);
    await this.window.workbench.runCommand(command);
    for (;;) {
      const lines = readFileSync(this.#probeFile, 'utf8').split('\n').filter(Boolean);
      const records = lines
        .map((line) => JSON.parse(line) as { kind: string })
        .filter((record) => record.kind === kind);
      // The probe's records are written by probe.js with these fields.
      if (records.length > nth) return records[nth] as T;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}
