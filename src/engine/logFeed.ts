/**
 * The log as it leaves the engine: in batches, and short even when a device does the same thing 5,000 times a second.
 *
 * Each kind of line may come 20 times in a second; the others are counted and said in one line at the second's end.
 * Lines that are not sent are not even worded. What a device, a file or a system wrote into one is escaped here, whoever
 * words it.
 */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { printable } from '../base/printable.ts';
import type { LogEntry } from '../contracts/engine.ts';
import { ChangePump } from './changePump.ts';

const WINDOW_MS = 1000;
const LINES_PER_KIND_AND_WINDOW = 20;
const SEND_INTERVAL_MS = 100;

interface KindInWindow {
  readonly level: LogEntry['level'];
  lines: number;
  lastMessage: string;
  leftOut: number;
}

export class LogFeed implements Disposable {
  readonly #clock: Clock;
  readonly #pump: ChangePump;
  readonly #kinds = new Map<string, KindInWindow>();
  #entries: LogEntry[] = [];
  #windowEnd: Disposable | undefined;

  constructor(clock: Clock, send: (entries: readonly LogEntry[]) => void) {
    this.#clock = clock;
    this.#pump = new ChangePump({
      clock,
      intervalMs: SEND_INTERVAL_MS,
      send: () => {
        const entries = this.#entries;
        this.#entries = [];
        send(entries);
        return false;
      },
    });
  }

  /**
   * @param kind what counts as "like this": the name of an event, not its subject.
   * @param word called at once, or not at all.
   */
  write(kind: string, level: LogEntry['level'], word: () => string): void {
    let inWindow = this.#kinds.get(kind);
    if (inWindow === undefined) {
      inWindow = { level, lines: 0, lastMessage: '', leftOut: 0 };
      this.#kinds.set(kind, inWindow);
      this.#windowEnd ??= this.#clock.setTimeout(() => this.#endWindow(), WINDOW_MS);
    }
    if (inWindow.lines >= LINES_PER_KIND_AND_WINDOW) {
      inWindow.leftOut++;
      return;
    }
    inWindow.lines++;
    inWindow.lastMessage = printable(word());
    this.#push(level, inWindow.lastMessage);
  }

  dispose(): void {
    this.#windowEnd?.dispose();
    this.#pump.dispose();
  }

  #endWindow(): void {
    this.#windowEnd = undefined;
    for (const { level, leftOut, lastMessage } of this.#kinds.values()) {
      if (leftOut > 0) this.#push(level, `… ${leftOut} more like this: ${lastMessage}`);
    }
    this.#kinds.clear();
  }

  #push(level: LogEntry['level'], message: string): void {
    this.#entries.push({ level, atMs: this.#clock.nowMs(), message });
    this.#pump.touch();
  }
}
