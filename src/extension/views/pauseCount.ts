/** How many messages came while the view stands still, from the broker's counter, which begins anew with each broker. Pure. */
export class PauseCount {
  #before: number;
  #waiting = 0;

  /** @param messagesReceived what the counter said last. */
  constructor(messagesReceived: number) {
    this.#before = messagesReceived;
  }

  get waiting(): number {
    return this.#waiting;
  }

  counted(messagesReceived: number): void {
    this.#waiting += messagesReceived >= this.#before ? messagesReceived - this.#before : messagesReceived;
    this.#before = messagesReceived;
  }
}
