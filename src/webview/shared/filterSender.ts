/**
 * A person's filter on its way to the extension, each once: what is chosen or cleared at once, what is typed after the last
 * key.
 *
 * A command may set another filter meanwhile. Each that the extension sends has a number, which what is typed after it
 * carries: so the extension knows what was typed before its own came, and leaves that.
 */
export interface FilterSenderOptions<Filter> {
  /** After the last key, before it is sent: milliseconds. */
  delayMs: number;
  /** The texts of it that are typed. */
  typed(filter: Filter): readonly string[];
  /** As it is in the fields now; undefined while it can't be one. */
  current(): Filter | undefined;
  post(filter: Filter, revision: number): void;
}

export class FilterSender<Filter extends object> {
  readonly #options: FilterSenderOptions<Filter>;
  #known: Filter | undefined;
  /** As the fields were before they changed last. */
  #seen: Filter | undefined;
  #revision = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: FilterSenderOptions<Filter>) {
    this.#options = options;
  }

  /** The extension has set this one: it need not be told. What was typed before is not sent any more. */
  received(filter: Filter, revision: number): void {
    this.#known = filter;
    this.#seen = filter;
    this.#revision = revision;
    clearTimeout(this.#timer);
  }

  /** The fields have changed. */
  edited(filter: Filter | undefined): void {
    if (filter === this.#known) return;
    clearTimeout(this.#timer);
    const isTyping = filter !== undefined && this.#isTyping(filter);
    this.#seen = filter;
    if (isTyping) this.#timer = setTimeout(() => this.#send(), this.#options.delayMs);
    else this.#send();
  }

  /** The page is about to go: what was typed last does not wait. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#send();
  }

  /** A text has become another one: more keys may follow. */
  #isTyping(filter: Filter): boolean {
    const { typed } = this.#options;
    const before = this.#seen === undefined ? [] : typed(this.#seen);
    return typed(filter).some((text, index) => text !== '' && text !== before[index]);
  }

  #send(): void {
    const filter = this.#options.current();
    if (filter === undefined || filter === this.#known) return;
    this.#known = filter;
    this.#options.post(filter, this.#revision);
  }
}
