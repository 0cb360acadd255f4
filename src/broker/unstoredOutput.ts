/**
 * HOT PATH. What of one connection's output says, or makes its client believe, what is true only after the next commit.
 *
 * Owns whether there is any, from the work that wrote it until that is stored. Such output has not left by then: a
 * transport flushes at the end of a turn, and asks before (Connection.onFlush).
 */
import type { Commits } from './commits.ts';
import type { CommitFailure } from './persistence.ts';

export class UnstoredOutput {
  readonly #commits: Commits;
  /** While input is handled: the count of changes before. */
  #changesBefore: number | undefined;
  #awaitsCommit = false;

  constructor(commits: Commits) {
    this.#commits = commits;
  }

  /** Input of the connection is about to be handled. */
  beginWork(): void {
    this.#changesBefore = this.#commits.changeCount;
  }

  /** It was handled: if it changed anything that is stored, the answers wait for that. */
  endWork(): void {
    if (this.#hasChanges()) {
      this.#awaitsCommit = true;
      this.#commits.plan();
    }
    this.#changesBefore = undefined;
  }

  /** What was just written must not leave before the next commit. */
  awaitCommit(): void {
    this.#awaitsCommit = true;
  }

  /**
   * Makes durable what the output says, if it says any such thing.
   *
   * @returns why it could not: the output must not leave.
   * @throws what the store throws: a bug, and the output must not leave either.
   */
  settle(): CommitFailure | undefined {
    if (!this.#awaitsCommit && !this.#hasChanges()) return undefined;
    this.#awaitsCommit = false;
    return this.#commits.commit();
  }

  #hasChanges(): boolean {
    return this.#changesBefore !== undefined && this.#changesBefore !== this.#commits.changeCount;
  }
}
