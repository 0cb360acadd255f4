/**
 * When the broker's changes become durable: once a turn of the event loop, before anything of that turn leaves.
 *
 * All sockets that were read in a turn share one commit, as their transports flush together at its end: the first
 * connection whose output waits for it makes it (Connection.onFlush), and when there is no output, the turn's own end
 * does. Owns what is said when it fails: once when that begins, and once when it is over.
 */
import type { CommitFailure, Persistence } from './persistence.ts';

export interface CommitListener {
  /** A commit failed, and the one before had not. */
  onFailing(failure: CommitFailure): void;
  /** Everything is stored again, also what could not be before. */
  onRecovered(): void;
  /** The store threw, at the end of a turn. */
  onBug(error: unknown): void;
}

export class Commits {
  readonly #persistence: Persistence | undefined;
  readonly #listener: CommitListener;
  #isPlanned = false;
  #isClosed = false;
  #isFailing = false;
  /** Until the next turn: a thousand connections that wait for one commit do not try it a thousand times. */
  #failureOfTurn: CommitFailure | undefined;

  /** @param persistence undefined when nothing outlives the broker: all of this does nothing then. */
  constructor(persistence: Persistence | undefined, listener: CommitListener) {
    this.#persistence = persistence;
    this.#listener = listener;
  }

  /** HOT PATH. Grows with every change that a commit is due for. */
  get changeCount(): number {
    return this.#persistence === undefined ? 0 : this.#persistence.changeCount;
  }

  /** HOT PATH. There are changes: they are committed at the end of this turn, if nobody needs it before. */
  plan(): void {
    if (this.#isPlanned || this.#persistence === undefined) return;
    this.#isPlanned = true;
    setImmediate(this.#endTurn);
  }

  /**
   * Makes every change so far durable, now.
   *
   * @throws what the store throws: a bug.
   */
  commit(): CommitFailure | undefined {
    if (this.#persistence === undefined || this.#isClosed) return undefined;
    if (this.#failureOfTurn !== undefined) return this.#failureOfTurn;
    const failure = this.#persistence.commit();
    if (failure !== undefined) {
      this.#failureOfTurn = failure;
      setImmediate(() => (this.#failureOfTurn = undefined));
    }
    this.#tell(failure);
    return failure;
  }

  /** The last commit. */
  close(): void {
    this.#failureOfTurn = undefined;
    try {
      this.commit();
    } finally {
      this.#isClosed = true;
      this.#persistence?.close();
    }
  }

  readonly #endTurn = (): void => {
    this.#isPlanned = false;
    try {
      this.commit();
    } catch (error) {
      this.#listener.onBug(error);
    }
  };

  #tell(failure: CommitFailure | undefined): void {
    const wasFailing = this.#isFailing;
    this.#isFailing = failure !== undefined;
    if (failure !== undefined && !wasFailing) this.#listener.onFailing(failure);
    else if (failure === undefined && wasFailing) this.#listener.onRecovered();
  }
}
