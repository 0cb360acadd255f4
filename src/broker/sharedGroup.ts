/**
 * HOT PATH. The sessions that share one subscription: `$share/name/filter`. Each message goes to one of them, in turn.
 *
 * Members that would be sent it at once come first, then any connected one. With nobody connected a message of QoS 1
 * or 2 waits for a stored session, as section 4.8.2 allows. A message once given to a member stays with it
 * [MQTT-4.8.2-4] until its session ends or leaves the group: then another gets it, unless it is of QoS 2 and was sent
 * [MQTT-4.8.2-5].
 */
import type { Subscription } from './subscription.ts';

export class SharedGroup {
  readonly shareName: string;
  readonly #members: Subscription[] = [];
  /** The member whose turn it is: 0 up to, but not including, the number of members. */
  #turn = 0;
  #hasStarted = false;
  readonly #start: number;

  /** @param start 0 up to but not 1: which member is first, so that many groups do not all begin with the same. */
  constructor(shareName: string, start: number) {
    this.shareName = shareName;
    this.#start = start;
  }

  get size(): number {
    return this.#members.length;
  }

  add(subscription: Subscription): void {
    this.#members.push(subscription);
    // Until the first message, the start is drawn anew among those who are there.
    if (!this.#hasStarted) this.#turn = Math.floor(this.#start * this.#members.length);
  }

  remove(subscription: Subscription): void {
    const at = this.#members.indexOf(subscription);
    if (at === -1) return;
    this.#members.splice(at, 1);
    if (at < this.#turn) this.#turn--;
    if (this.#turn >= this.#members.length) this.#turn = 0;
  }

  /**
   * Whose turn it is.
   *
   * @param mayWait the message is of QoS 1 or 2.
   * @returns undefined when nobody is there to take it.
   */
  next(mayWait: boolean): Subscription | undefined {
    this.#hasStarted = true;
    let connected = -1;
    let stored = -1;
    for (let step = 0; step < this.#members.length; step++) {
      const at = (this.#turn + step) % this.#members.length;
      const member = this.#members[at]!; // the remainder is an index
      if (member.subscriber.isReady) return this.#take(at);
      if (connected === -1 && member.subscriber.isConnected) connected = at;
      else if (stored === -1 && mayWait && member.qos > 0 && !member.subscriber.isConnected) stored = at;
    }
    if (connected !== -1) return this.#take(connected);
    return stored === -1 ? undefined : this.#take(stored);
  }

  #take(at: number): Subscription | undefined {
    this.#turn = (at + 1) % this.#members.length;
    return this.#members[at];
  }
}
