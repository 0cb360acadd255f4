/** Operations that must not meet halfway: each begins when the one before it has ended. */

export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Settles as the operation does. One that fails ends itself, not the ones behind it: that is told to who asked. */
  take<T>(operation: () => Promise<T>): Promise<T> {
    const result = this.#last.then(operation, operation);
    this.#last = result;
    return result;
  }
}
