/**
 * The state of a panel: one value, changed by actions through a pure reducer.
 *
 * Actions take effect at once, listeners hear of them once a frame: a burst of messages costs one rendering.
 */

export class Store<State, Action> {
  #state: State;
  readonly #reduce: (state: State, action: Action) => State;
  readonly #schedule: (draw: () => void) => void;
  readonly #listeners: ((state: State) => void)[] = [];
  #isScheduled = false;

  /** @param schedule Calls back at the next frame: `requestAnimationFrame` in a page. */
  constructor(
    initial: State,
    reduce: (state: State, action: Action) => State,
    schedule: (draw: () => void) => void,
  ) {
    this.#state = initial;
    this.#reduce = reduce;
    this.#schedule = schedule;
  }

  get state(): State {
    return this.#state;
  }

  /** An arrow, so that views can be handed it alone. */
  readonly dispatch = (action: Action): void => {
    const next = this.#reduce(this.#state, action);
    if (next === this.#state) return;
    this.#state = next;
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#schedule(() => {
      this.#isScheduled = false;
      for (const listener of this.#listeners) listener(this.#state);
    });
  };

  /** As `dispatch`, for a listener that draws the state when it has done this: no frame follows. */
  readonly applyNow = (action: Action): void => {
    this.#state = this.#reduce(this.#state, action);
  };

  onFrame(listener: (state: State) => void): void {
    this.#listeners.push(listener);
  }
}
