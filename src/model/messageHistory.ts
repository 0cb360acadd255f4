/**
 * The messages that the views can look back on: the last 100 of each source, all inside one budget of bytes.
 *
 * When the budget is full, the oldest message of all goes first, whatever its source, so that one loud topic shortens
 * everyone's past a little instead of ending someone's. What goes is counted, per source and in all. A message that
 * is larger than the whole budget is kept as its preview and says so (`isWhole` is false).
 *
 * Knows nothing of the topic tree, of watches or of who asks.
 */
import { MessageSource } from './messageSource.ts';
import { type IncomingMessage, StoredMessage, wholeCostBytes } from './storedMessage.ts';

export const MESSAGES_PER_SOURCE = 100;

export class MessageHistory {
  #budgetBytes: number;
  #usedBytes = 0;
  #droppedMessages = 0;
  #nextId = 1;
  #oldest: StoredMessage | undefined;
  #newest: StoredMessage | undefined;
  #heldMessages = 0;
  readonly #topics = new Map<string, MessageSource>();
  readonly #subscriptions = new Map<string, MessageSource>();

  /** @param budgetBytes what all messages together may cost, by the estimate of storedMessage.ts. */
  constructor(budgetBytes: number) {
    this.#budgetBytes = budgetBytes;
  }

  /** Never more than the budget. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  get heldMessages(): number {
    return this.#heldMessages;
  }

  /** Messages that fell out: pushed by newer ones of their source, or by the budget. */
  get droppedMessages(): number {
    return this.#droppedMessages;
  }

  /** HOT PATH. The source of a topic, made when it is first asked for. */
  topic(topic: string): MessageSource {
    return getOrMake(this.#topics, 'topic', topic);
  }

  subscription(topicFilter: string): MessageSource {
    return getOrMake(this.#subscriptions, 'subscription', topicFilter);
  }

  /**
   * Undefined when the message is no longer held. Looks from the newest back: a person asks seldom, and an index would
   * cost every message a quarter of what it costs to keep it.
   */
  message(id: number): StoredMessage | undefined {
    let message = this.#newest;
    while (message !== undefined && message.id > id) message = message.older;
    return message?.id === id ? message : undefined;
  }

  /**
   * HOT PATH. Copies the message into the source and makes room for it.
   *
   * @param topic for a topic's source its own name: the same string for all its messages.
   */
  append(source: MessageSource, topic: string, incoming: IncomingMessage): StoredMessage {
    const whole = wholeCostBytes(incoming) <= this.#budgetBytes;
    const message = new StoredMessage(this.#nextId++, source, topic, incoming, whole);
    this.#link(message);
    if (source.held > MESSAGES_PER_SOURCE && source.oldest !== undefined) this.#drop(source.oldest);
    this.#fitBudget();
    source.notify();
    return message;
  }

  /** Takes effect at once: a smaller budget drops the oldest messages. */
  setBudget(budgetBytes: number): void {
    this.#budgetBytes = budgetBytes;
    this.#fitBudget();
  }

  /** Drops the source and its messages. Where someone watches it, both stay until the last watch is closed. */
  forget(kind: MessageSource['kind'], name: string): void {
    const sources = kind === 'topic' ? this.#topics : this.#subscriptions;
    const source = sources.get(name);
    if (source === undefined) return;
    source.forgotten = true;
    if (source.listeners !== undefined) return;
    while (source.oldest !== undefined) this.#drop(source.oldest);
    sources.delete(name);
  }

  /** Forgets every message, and every source that nobody watches. All numbers start again at 0. */
  clear(): void {
    this.#heldMessages = 0;
    this.#oldest = undefined;
    this.#newest = undefined;
    this.#usedBytes = 0;
    this.#droppedMessages = 0;
    for (const sources of [this.#topics, this.#subscriptions]) {
      for (const [name, source] of sources) {
        source.oldest = undefined;
        source.newest = undefined;
        source.held = 0;
        source.total = 0;
        source.generation++;
        if (source.listeners === undefined) sources.delete(name);
        else source.notify();
      }
    }
  }

  #fitBudget(): void {
    while (this.#usedBytes > this.#budgetBytes && this.#oldest !== undefined) this.#drop(this.#oldest);
  }

  #link(message: StoredMessage): void {
    this.#heldMessages++;
    this.#usedBytes += message.costBytes;

    message.older = this.#newest;
    if (this.#newest === undefined) this.#oldest = message;
    else this.#newest.newer = message;
    this.#newest = message;

    const { source } = message;
    if (source.newest === undefined) source.oldest = message;
    else source.newest.newerInSource = message;
    source.newest = message;
    source.held++;
    source.total++;
  }

  /** @param message the oldest of its source: messages leave a source in the order in which they came. */
  #drop(message: StoredMessage): void {
    this.#heldMessages--;
    this.#usedBytes -= message.costBytes;
    this.#droppedMessages++;

    if (message.older === undefined) this.#oldest = message.newer;
    else message.older.newer = message.newer;
    if (message.newer === undefined) this.#newest = message.older;
    else message.newer.older = message.older;

    const { source } = message;
    source.oldest = message.newerInSource;
    if (source.oldest === undefined) source.newest = undefined;
    source.held--;

    // A topic's node may hold it on: it must not hold its neighbours with it.
    message.older = undefined;
    message.newer = undefined;
    message.newerInSource = undefined;
    message.shrinkToPreview();
    source.notify();
  }
}

function getOrMake(
  sources: Map<string, MessageSource>,
  kind: MessageSource['kind'],
  name: string,
): MessageSource {
  let source = sources.get(name);
  if (source === undefined) {
    source = new MessageSource(kind, name);
    sources.set(name, source);
  }
  source.forgotten = false;
  return source;
}
