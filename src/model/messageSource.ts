/**
 * The messages of one origin that are still held: of a topic, or what a subscription was delivered.
 *
 * A list from oldest to newest and its numbers. messageHistory.ts alone adds and removes; it keeps the promise that
 * `total` less `dropped` is what is held.
 */
import type { StoredMessage } from './storedMessage.ts';

export class MessageSource {
  readonly kind: 'topic' | 'subscription';
  /** The topic, or the topic filter. */
  readonly name: string;
  /** Messages since the source was made, held or not. */
  total = 0;
  held = 0;
  oldest: StoredMessage | undefined = undefined;
  newest: StoredMessage | undefined = undefined;
  /** Goes up when everything was forgotten and `total` began again at 0. */
  generation = 0;
  /** Its topic or subscription is gone; it lives on for who watches it, and goes with the last of them. */
  forgotten = false;
  /** Told at each change of `total` or `dropped`. HOT PATH: undefined while nobody looks. */
  listeners: Set<() => void> | undefined = undefined;

  constructor(kind: 'topic' | 'subscription', name: string) {
    this.kind = kind;
    this.name = name;
  }

  /** Messages that are no longer held. */
  get dropped(): number {
    return this.total - this.held;
  }

  /** The newest `count` of the held messages, or all if there are fewer; newest last. */
  newestMessages(count: number): StoredMessage[] {
    const messages: StoredMessage[] = [];
    let skip = this.held - count;
    for (let message = this.oldest; message !== undefined; message = message.newerInSource) {
      if (skip-- <= 0) messages.push(message);
    }
    return messages;
  }

  notify(): void {
    if (this.listeners !== undefined) for (const listener of this.listeners) listener();
  }
}
