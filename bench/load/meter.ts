/** Looks at the clock, at the broker's CPU time and at our own, twice, for what lies between. */
import { cpuSeconds } from './processUsage.ts';

export interface Span {
  readonly seconds: number;
  readonly brokerCpuSeconds: number;
  /** CPU of this process, as a share of one core. */
  readonly generatorShare: number;
}

export class Meter {
  readonly #pid: number;
  #startMs = 0;
  #brokerCpuSeconds = 0;
  #ownCpuSeconds = 0;

  constructor(pid: number) {
    this.#pid = pid;
    this.start();
  }

  start(): void {
    this.#brokerCpuSeconds = cpuSeconds(this.#pid);
    this.#ownCpuSeconds = ownCpuSeconds();
    this.#startMs = performance.now();
  }

  stop(): Span {
    const seconds = (performance.now() - this.#startMs) / 1000;
    const ownCpu = ownCpuSeconds() - this.#ownCpuSeconds;
    return {
      seconds,
      brokerCpuSeconds: cpuSeconds(this.#pid) - this.#brokerCpuSeconds,
      generatorShare: ownCpu / seconds,
    };
  }
}

function ownCpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

export function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

const STALLED_MS = 3_000;
const LOOK_MS = 20;

/** Resolves when `isDone`, or when `count` has not changed for three seconds: what is missing then will not come. */
export async function untilDoneOrStalled(isDone: () => boolean, count: () => number): Promise<void> {
  let last = count();
  let lastChangeMs = performance.now();
  while (!isDone() && performance.now() - lastChangeMs < STALLED_MS) {
    await wait(LOOK_MS);
    if (count() === last) continue;
    last = count();
    lastChangeMs = performance.now();
  }
}
