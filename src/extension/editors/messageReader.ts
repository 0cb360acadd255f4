/**
 * Messages that the engine holds, read in parts: no payload is in one piece on its way, nor in memory twice.
 *
 * A message may go while it is read: newer ones take its place. Knows nothing of VS Code; words for what could not be read
 * are in words/messageWords.ts.
 */
import type { MessageDetail, MessageSummary } from '../../contracts/messages.ts';
import type { EngineClient } from '../engineClient.ts';
import type { MessageRef } from './messageUri.ts';

/** A message by its id alone is whichever has it now. */
export type MessageName = Pick<MessageRef, 'id'> & Partial<MessageRef>;

export type Unreadable =
  /** Newer ones took its place, or it was of an engine before. */
  | { kind: 'notHeld' }
  /** No engine runs, which has them all. */
  | { kind: 'engineStopped' }
  /** It is larger than the whole history: its first bytes are all that was kept. */
  | { kind: 'onlyStartKept'; message: MessageDetail };

/** The payload of `message` is its start, as long as it was asked for. */
export type FoundMessage =
  | { kind: 'found'; message: MessageDetail }
  | Exclude<Unreadable, { kind: 'onlyStartKept' }>;

export type ReadMessage = { kind: 'read'; message: MessageDetail; payload: Uint8Array } | Unreadable;

/** `stopped`: by `takePart`. */
export type ReadParts = { kind: 'read' | 'stopped'; message: MessageDetail } | Unreadable;

/** What is done with a part, before the next is fetched. */
export type TakePart = (part: Uint8Array, message: MessageDetail) => Promise<'goOn' | 'stop'>;

export type PreviousOf = { kind: 'found'; previous: MessageSummary } | { kind: 'none' } | Unreadable;

const PART_BYTES = 1_048_576;

export class MessageReader {
  readonly #engine: EngineClient;

  constructor(engine: EngineClient) {
    this.#engine = engine;
  }

  async find(name: MessageName, maxPayloadBytes: number): Promise<FoundMessage> {
    if (!this.#engine.isRunning) return { kind: 'engineStopped' };
    const message = await this.#engine.callIfRunning('message', { id: name.id, maxPayloadBytes });
    if (message === undefined) return this.#missing();
    const { receivedAtMs = message.receivedAtMs } = name;
    return receivedAtMs === message.receivedAtMs ? { kind: 'found', message } : { kind: 'notHeld' };
  }

  /** Hands the payload over part by part. None for an empty one. */
  async readParts(name: MessageName, takePart: TakePart): Promise<ReadParts> {
    const found = await this.find(name, PART_BYTES);
    if (found.kind !== 'found') return found;
    const { message } = found;
    if (message.onlyPreviewKept) return { kind: 'onlyStartKept', message };
    let part: Uint8Array | undefined = message.payload;
    let offset = 0;
    while (offset < message.payloadBytes) {
      if ((await takePart(part, message)) === 'stop') return { kind: 'stopped', message };
      offset += part.length;
      if (offset >= message.payloadBytes) break;
      part = await this.#engine.callIfRunning('payloadPart', { id: name.id, offset, length: PART_BYTES });
      // An engine that started meanwhile may have another message of this id, and a shorter one.
      if (part === undefined || part.length === 0) return this.#missing();
    }
    return { kind: 'read', message };
  }

  async read(name: MessageName): Promise<ReadMessage> {
    let payload: Uint8Array | undefined;
    let offset = 0;
    const result = await this.readParts(name, async (part, { payloadBytes }) => {
      // A payload of one part is that part.
      if (part.length === payloadBytes) payload = part;
      else {
        payload ??= new Uint8Array(payloadBytes);
        payload.set(part, offset);
      }
      offset += part.length;
      return 'goOn';
    });
    switch (result.kind) {
      case 'read':
        return { ...result, kind: 'read', payload: payload ?? new Uint8Array() };
      case 'stopped':
        throw new Error('nobody stopped it');
      default:
        return result;
    }
  }

  async previousOf({ id }: MessageName): Promise<PreviousOf> {
    return (await this.#engine.callIfRunning('previousMessage', { id })) ?? { kind: 'engineStopped' };
  }

  /** Why there was no answer. */
  #missing(): Unreadable & { kind: 'notHeld' | 'engineStopped' } {
    return { kind: this.#engine.isRunning ? 'notHeld' : 'engineStopped' };
  }
}
