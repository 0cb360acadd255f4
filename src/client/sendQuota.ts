/**
 * The send quota of section 4.9: how many messages of QoS 1 and 2 may be without their last answer at once, by the Receive
 * Maximum of the broker's CONNACK. One more is a fault for which a broker closes the connection ([MQTT-3.3.4-9]).
 */
export class SendQuota {
  readonly #receiveMaximum: () => number;
  readonly #waiting: (() => void)[] = [];
  #taken = 0;

  /** @param receiveMaximum of the connection as it is now, 1 or more. */
  constructor(receiveMaximum: () => number) {
    this.#receiveMaximum = receiveMaximum;
  }

  /** Undefined: a message may go now. Else it may when this resolves, in the order of the calls. */
  take(): Promise<void> | undefined {
    if (this.#taken < this.#receiveMaximum()) {
      this.#taken++;
      return undefined;
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** The message that was let go has its last answer, or gets none any more: the next one takes its place. */
  giveBack(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#taken--;
    else next();
  }
}
