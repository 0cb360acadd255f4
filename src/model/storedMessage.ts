/**
 * One message as the model keeps it: copied from the broker's borrowed bytes, with its place in the histories.
 *
 * The links to its neighbours are in the message itself, so that 100,000 of them cost no further nodes, and taking
 * the oldest out costs the same at any number. Only messageHistory.ts writes them.
 */
import type { MessageProperties, Properties, QoS } from '../mqtt/packets.ts';
import type { MessageSource } from './messageSource.ts';

/** How much of a payload is kept of a message that is otherwise forgotten, and shown in lists. */
export const PREVIEW_BYTES = 256;

/** What a message costs besides its payload: the object, its place in the index, the buffer's own bookkeeping. */
export const MESSAGE_OVERHEAD_BYTES = 416;

export type StoredProperties = MessageProperties & Pick<Properties, 'subscriptionIdentifiers'>;

/** A message on its way into the model. Its bytes are borrowed: the history copies what it keeps. */
export interface IncomingMessage {
  readonly payload: Uint8Array;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly receivedAtMs: number;
  readonly properties?: StoredProperties | undefined;
  /** Client id, where it is known. */
  readonly publisher?: string | undefined;
  readonly isWill: boolean;
}

export class StoredMessage {
  readonly id: number;
  readonly source: MessageSource;
  readonly topic: string;
  readonly receivedAtMs: number;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly publisher: string | undefined;
  readonly isWill: boolean;
  /** Length of the payload as it was received. */
  readonly payloadBytes: number;
  /** The whole payload, or its first `PREVIEW_BYTES` where `isWhole` is false. Owns its buffer. */
  payload: Uint8Array;
  properties: StoredProperties | undefined;
  /** What the history's budget is charged for it, bytes. */
  costBytes: number;

  older: StoredMessage | undefined = undefined;
  newer: StoredMessage | undefined = undefined;
  newerInSource: StoredMessage | undefined = undefined;

  constructor(
    id: number,
    source: MessageSource,
    topic: string,
    incoming: IncomingMessage,
    /** Keep all of it, or no more than the preview. */
    whole: boolean,
  ) {
    this.id = id;
    this.source = source;
    this.topic = topic;
    this.receivedAtMs = incoming.receivedAtMs;
    this.qos = incoming.qos;
    this.retain = incoming.retain;
    this.publisher = incoming.publisher;
    this.isWill = incoming.isWill;
    this.payloadBytes = incoming.payload.length;
    // `new Uint8Array(bytes)` copies into a buffer of its own; `Buffer.slice` would pin the socket's chunk.
    this.payload = new Uint8Array(whole ? incoming.payload : incoming.payload.subarray(0, PREVIEW_BYTES));
    this.properties = whole ? copyProperties(incoming.properties) : undefined;
    this.costBytes = MESSAGE_OVERHEAD_BYTES + this.payload.length + propertiesBytes(this.properties);
  }

  get isWhole(): boolean {
    return this.payload.length === this.payloadBytes;
  }

  /** What lists show of the payload: at most `PREVIEW_BYTES`. The message's own bytes where they are that short. */
  get preview(): Uint8Array {
    return this.payload.length <= PREVIEW_BYTES ? this.payload : this.payload.slice(0, PREVIEW_BYTES);
  }

  /**
   * Gives up all but the preview. A topic's node still shows its newest message when the history has dropped it,
   * and must not hold 10 MB for that.
   */
  shrinkToPreview(): void {
    this.payload = this.preview;
    this.properties = undefined;
  }
}

/** What a message would cost if kept whole: known before a byte of it is copied. */
export function wholeCostBytes(incoming: IncomingMessage): number {
  return MESSAGE_OVERHEAD_BYTES + incoming.payload.length + propertiesBytes(incoming.properties);
}

/** An estimate: strings count two bytes a character, each entry its overhead. */
function propertiesBytes(properties: StoredProperties | undefined): number {
  if (properties === undefined) return 0;
  let bytes = 128;
  bytes += 2 * ((properties.contentType?.length ?? 0) + (properties.responseTopic?.length ?? 0));
  bytes += properties.correlationData?.length ?? 0;
  bytes += 8 * (properties.subscriptionIdentifiers?.length ?? 0);
  for (const [name, value] of properties.userProperties ?? []) bytes += 64 + 2 * (name.length + value.length);
  return bytes;
}

/** Field by field: the packet's own object is borrowed, and may hold what is no property of the message. */
function copyProperties(properties: StoredProperties | undefined): StoredProperties | undefined {
  if (properties === undefined) return undefined;
  const copy: StoredProperties = {};
  const { correlationData } = properties;
  if (correlationData !== undefined) copy.correlationData = new Uint8Array(correlationData);
  for (const name of plainProperties) copyProperty(properties, copy, name);
  return copy;
}

const plainProperties = [
  'payloadFormatIndicator',
  'messageExpiryInterval',
  'contentType',
  'responseTopic',
  'userProperties',
  'subscriptionIdentifiers',
] as const;

function copyProperty<K extends keyof StoredProperties>(
  from: StoredProperties,
  to: StoredProperties,
  name: K,
) {
  const value = from[name];
  if (value !== undefined) to[name] = value;
}
