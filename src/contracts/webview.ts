/**
 * What travels between the extension and its webviews. Plain types, compiled by both sides. The pages that show messages
 * have a file of their own, messagePages.ts.
 *
 * A webview asks, the extension answers with a message of its own; nothing here waits. Bytes arrive as Uint8Array.
 */
import type { BrokerStateKind } from './engine.ts';
import type { MessagePropertiesInfo, QoS } from './messages.ts';

/** Strings of the webview in the person's language: English text to translation. Set in the page by the extension. */
export type L10nBundle = Record<string, string>;

// ── Publish form ──────────────────────────────────────────────────────────────────────────────────────────────

export type PayloadFormat = 'text' | 'json' | 'hex' | 'base64';

/** What the form holds, and what is remembered of it. */
export interface PublishDraft {
  topic: string;
  qos: QoS;
  retain: boolean;
  format: PayloadFormat;
  /** As typed, in `format`. */
  payloadText: string;
  /** Correlation data as typed in the form: hex. */
  properties: Omit<MessagePropertiesInfo, 'correlationData' | 'subscriptionIdentifiers'> & {
    correlationDataHex?: string;
  };
}

export type PublishFormToExtension =
  | { kind: 'ready' }
  /** `payload` is what `draft.payloadText` means in its format: the form has checked it. */
  | { kind: 'publish'; draft: PublishDraft; payload: Uint8Array; correlationData?: Uint8Array }
  | { kind: 'draftChanged'; draft: PublishDraft }
  /** Completion of a topic as it is typed. Answered with `topics`. */
  | { kind: 'findTopics'; text: string }
  | { kind: 'startBroker' };

export type ExtensionToPublishForm =
  | { kind: 'init'; draft: PublishDraft; broker: BrokerStateKind }
  | { kind: 'topics'; text: string; topics: readonly string[] }
  | { kind: 'brokerState'; broker: BrokerStateKind }
  /** The outcome of the last `publish`, in words for the form's status line. */
  | { kind: 'outcome'; ok: boolean; message: string };
