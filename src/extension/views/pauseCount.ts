/** How many messages came while the view stands still, from what is counted of each broker. Pure. */
import { type ConnectionId, LOCAL_BROKER } from '../../contracts/connections.ts';
import type { MessageCount } from '../../contracts/topics.ts';

export class PauseCount {
  #before: Map<ConnectionId, number>;
  #waiting = 0;

  /** @param before what was counted last, by connection. */
  constructor(before: ReadonlyMap<ConnectionId, number>) {
    this.#before = new Map(before);
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** @param now what was there when the pause began, where what was counted last is older. */
  startFrom(now: readonly MessageCount[]): void {
    this.#before = new Map(now.map(({ connection, count }) => [connection, count]));
    this.#waiting = 0;
  }

  /** @param count of the local broker, which begins anew with each start; of another one, of the topics that are in its tree. */
  counted(connection: ConnectionId, count: number): void {
    const before = this.#before.get(connection) ?? 0;
    this.#before.set(connection, count);
    if (count >= before) this.#waiting += count - before;
    // Of another one, topics were removed.
    else if (connection === LOCAL_BROKER) this.#waiting += count;
  }
}
