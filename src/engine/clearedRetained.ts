/** The retained messages that were cleared last, kept to bring them back: up to a bound in bytes. */
import type { StoredMessage } from '../broker/broker.ts';

/** As the broker counts them: payload, topic, properties, and 256 bytes each. docs/limits.md names it. */
export const MAX_CLEARED_BYTES = 64 * 1024 * 1024;

export class ClearedRetained {
  /** The broker's own objects, which never change: no copies. */
  readonly messages: StoredMessage[] = [];
  #bytes = 0;

  /** One that no longer fits is passed over; smaller ones after it may fit. */
  keep(message: StoredMessage): void {
    if (this.#bytes + message.storedBytes > MAX_CLEARED_BYTES) return;
    this.#bytes += message.storedBytes;
    this.messages.push(message);
  }
}
