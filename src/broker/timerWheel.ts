/**
 * Any number of deadlines on one timer of the clock: keep alive, connect timeout, session expiry, will delay.
 *
 * A ring of slots, one a tick; a timer sits in the slot of its tick, whichever revolution it is due in. Starting and
 * stopping cost the same whether ten timers run or a hundred thousand, and an idle wheel sleeps until the next one.
 * A timer fires never early, and up to a tick late. Knows nothing of what it times.
 */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';

const TICK_MS = 100;
/** One revolution is 51.2 s: most keep alives are due within it or the next. */
const SLOTS = 512;

/** Made by `TimerWheel.createTimer`; can be started any number of times. */
export class WheelTimer {
  readonly #wheel: TimerWheel;
  readonly callback: () => void;
  /** The neighbours in its slot's ring; itself while it does not run. Slots are timers that never fire. */
  previous: WheelTimer = this;
  next: WheelTimer = this;
  dueTick = 0;

  constructor(wheel: TimerWheel, callback: () => void) {
    this.#wheel = wheel;
    this.callback = callback;
  }

  get isRunning(): boolean {
    return this.next !== this;
  }

  /** Fires once, no sooner than `delayMs` from now. A timer that runs already is set anew. */
  start(delayMs: number): void {
    this.stop();
    this.#wheel.insert(this, delayMs);
  }

  stop(): void {
    this.previous.next = this.next;
    this.next.previous = this.previous;
    this.previous = this;
    this.next = this;
  }

  /** Puts this timer, which must not run, before `other` in its ring. */
  insertBefore(other: WheelTimer): void {
    this.previous = other.previous;
    this.next = other;
    other.previous.next = this;
    other.previous = this;
  }
}

export class TimerWheel implements Disposable {
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  readonly #startMs: number;
  readonly #slots: WheelTimer[];
  /** The last tick that was worked off. */
  #tick = 0;
  #wakeTick = Number.POSITIVE_INFINITY;
  #wake: Disposable | undefined;
  #isDisposed = false;

  /** @param onError takes what a callback throws; the other timers go on. */
  constructor(clock: Clock, onError: (error: unknown) => void) {
    this.#clock = clock;
    this.#onError = onError;
    this.#startMs = clock.monotonicMs();
    this.#slots = Array.from({ length: SLOTS }, () => this.createTimer(() => {}));
  }

  createTimer(callback: () => void): WheelTimer {
    return new WheelTimer(this, callback);
  }

  /** For WheelTimer alone. */
  insert(timer: WheelTimer, delayMs: number): void {
    if (this.#isDisposed) return;
    const dueTick = Math.ceil((this.#elapsedMs() + delayMs) / TICK_MS);
    timer.dueTick = Math.max(this.#tick + 1, dueTick);
    timer.insertBefore(this.#slotOf(timer.dueTick));
    this.#wakeAt(timer.dueTick);
  }

  /** No timer fires from here on. */
  dispose(): void {
    this.#isDisposed = true;
    this.#wake?.dispose();
  }

  #elapsedMs(): number {
    return this.#clock.monotonicMs() - this.#startMs;
  }

  #slotOf(tick: number): WheelTimer {
    return this.#slots[tick % SLOTS]!; // the remainder is an index of the ring
  }

  /** Sleeps no longer than until `tick`. */
  #wakeAt(tick: number): void {
    if (tick >= this.#wakeTick || this.#isDisposed) return;
    this.#wakeTick = tick;
    this.#wake?.dispose();
    // A timer beyond this revolution wakes the wheel at its end, as a clock's timers have a longest delay.
    const wakeTick = Math.min(tick, this.#tick + SLOTS);
    const delayMs = wakeTick * TICK_MS - this.#elapsedMs();
    this.#wake = this.#clock.setTimeout(() => this.#advance(), Math.max(0, Math.ceil(delayMs)));
  }

  #advance(): void {
    const now = Math.floor(this.#elapsedMs() / TICK_MS);
    const due = this.createTimer(() => {});
    // After a sleep of the machine, more than a revolution may have passed: each slot is then looked at once.
    const first = Math.max(this.#tick + 1, now - SLOTS + 1);
    for (let tick = first; tick <= now; tick++) {
      const slot = this.#slotOf(tick);
      for (let timer = slot.next; timer !== slot; ) {
        const next = timer.next;
        if (timer.dueTick <= now) {
          timer.stop();
          timer.insertBefore(due);
        }
        timer = next;
      }
    }
    this.#tick = Math.max(this.#tick, now);
    this.#wakeTick = Number.POSITIVE_INFINITY;
    this.#fire(due);
    this.#wakeAt(this.#nextTick());
  }

  /** A callback may stop any other timer, also one of these: it then leaves this ring unfired. */
  #fire(due: WheelTimer): void {
    while (due.isRunning && !this.#isDisposed) {
      const timer = due.next;
      timer.stop();
      try {
        timer.callback();
      } catch (error) {
        this.#onError(error);
      }
    }
  }

  /** The tick of the next timer due within a revolution, else the revolution's end; infinity without timers. */
  #nextTick(): number {
    let isEmpty = true;
    for (let tick = this.#tick + 1; tick <= this.#tick + SLOTS; tick++) {
      const slot = this.#slotOf(tick);
      for (let timer = slot.next; timer !== slot; timer = timer.next) {
        if (timer.dueTick === tick) return tick;
        isEmpty = false;
      }
    }
    return isEmpty ? Number.POSITIVE_INFINITY : this.#tick + SLOTS;
  }
}
