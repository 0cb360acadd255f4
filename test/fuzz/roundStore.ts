/**
 * Where a round's broker keeps what is to outlive it: nowhere, in memory, or in a SQLite file of its own. The one in
 * memory fails to commit while it is told to.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommitFailure, Persistence } from '../../src/broker/persistence.ts';
import { MemoryPersistence } from '../../src/persistence/memoryPersistence.ts';
import { openPersistence } from '../../src/persistence/openPersistence.ts';
import type { Round } from './round.ts';

export class RoundStore {
  readonly #memory: FalliblePersistence | undefined;
  readonly #folder: string | undefined;

  constructor(kind: Round['store']) {
    if (kind === 'memory') this.#memory = new FalliblePersistence();
    if (kind === 'sqlite') this.#folder = mkdtempSync(join(tmpdir(), 'mqtt-workbench-'));
  }

  /** For the next broker: what the last one left, which must have closed it. */
  open(): Persistence | undefined {
    if (this.#folder === undefined) return this.#memory;
    const opened = openPersistence(this.#folder);
    assert.ok(opened.kind === 'opened' && opened.notice === undefined, JSON.stringify(opened));
    return opened.persistence;
  }

  /** From now on commits fail so, or succeed. */
  setFailure(kind: CommitFailure['kind'] | undefined): void {
    if (this.#memory === undefined) return;
    this.#memory.failure = kind === undefined ? undefined : { kind, message: 'The round asked for it.' };
  }

  /**
   * Waits for a turn in which nothing changes, as an authentication in several steps takes several: what changed before
   * is committed then.
   *
   * @throws for changes that are not.
   */
  async check(turn: () => Promise<void>): Promise<void> {
    if (this.#memory === undefined) return;
    let before: number;
    do {
      before = this.#memory.changeCount;
      await turn();
    } while (this.#memory.changeCount !== before);
    this.#memory.check();
  }

  /** What has changed just now need not be committed before the next change. */
  excuse(): void {
    this.#memory?.excuse();
  }

  dispose(): void {
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
  }
}

class FalliblePersistence extends MemoryPersistence {
  failure: CommitFailure | undefined;
  #committedCount = 0;
  /** What was not committed waits for the next change, rightly. */
  #mayLag = false;

  override commit(): CommitFailure | undefined {
    if (this.changeCount === this.#committedCount) return undefined;
    this.#mayLag = this.failure !== undefined;
    if (!this.#mayLag) this.#committedCount = this.changeCount;
    return this.failure;
  }

  check(): void {
    if (this.#mayLag) return;
    assert.equal(this.#committedCount, this.changeCount, 'changes that were committed, of all');
  }

  excuse(): void {
    this.#mayLag ||= this.#committedCount !== this.changeCount;
  }
}
