/**
 * Notices that this machine woke from sleep, and that it got another network, so that nobody waits for a pause that was
 * meant for a broker that is down.
 *
 * There is no event for either in Node. A machine that slept is one whose clock went on while a timer stood still; the
 * addresses of its interfaces are looked at only while a connection waits. Somebody who sets the clock forward looks like
 * one who wakes: a try too many is all that comes of it.
 */
import type { networkInterfaces } from 'node:os';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';

const INTERVAL_MS = 2_000;
/** So much later than it was due: more than a busy thread comes late. */
const SLEPT_MS = 10_000;

export interface ReturnWatchOptions {
  clock: Clock;
  interfaces: typeof networkInterfaces;
  /** A connection waits for its next try. */
  isWaiting(): boolean;
  onWake(): void;
  /** There is an address that was not there before. */
  onNetwork(): void;
}

export class ReturnWatch implements Disposable {
  readonly #options: ReturnWatchOptions;
  #timer: Disposable | undefined;
  /** By `Clock.nowMs`. */
  #setAtMs = 0;
  /** Undefined while no connection waits. */
  #addresses: ReadonlySet<string> | undefined;

  constructor(options: ReturnWatchOptions) {
    this.#options = options;
  }

  /** @param isNeeded there is a connection that stands, or waits. */
  set isOn(isNeeded: boolean) {
    if (!isNeeded) this.dispose();
    else if (this.#timer === undefined) this.#await();
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
    this.#addresses = undefined;
  }

  #await(): void {
    const { clock } = this.#options;
    this.#setAtMs = clock.nowMs();
    this.#timer = clock.setTimeout(() => this.#look(), INTERVAL_MS);
  }

  #look(): void {
    const { clock, isWaiting, onWake, onNetwork } = this.#options;
    const lateMs = clock.nowMs() - this.#setAtMs - INTERVAL_MS;
    this.#await();
    if (lateMs > SLEPT_MS) onWake();
    const before = this.#addresses;
    const now = isWaiting() ? this.#addressesNow() : undefined;
    this.#addresses = now;
    if (before === undefined || now === undefined) return;
    if ([...now].some((address) => !before.has(address))) onNetwork();
  }

  /** Those by which others reach this machine: of links that are up. */
  #addressesNow(): ReadonlySet<string> {
    const all = Object.values(this.#options.interfaces()).flatMap((addresses) => addresses ?? []);
    return new Set(all.filter(({ internal }) => !internal).map(({ address }) => address));
  }
}
