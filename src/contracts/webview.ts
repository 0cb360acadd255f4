/**
 * What travels between the extension and its webviews, by panel. Plain types, compiled by both sides.
 *
 * A webview asks, the extension answers with a message of its own; nothing here waits. Bytes arrive as Uint8Array.
 */
import type { MessageDetail, MessageId, MessagePropertiesInfo, MessageSummary, QoS } from './messages.ts';

/** Strings of the webview in the person's language: English text to translation. Set in the page by the extension. */
export type L10nBundle = Record<string, string>;

/** What a message panel shows: the messages of one topic, or what a subscription was delivered. */
export type MessageSource = { kind: 'topic'; topic: string } | { kind: 'subscription'; topicFilter: string };

// ── Message panel ─────────────────────────────────────────────────────────────────────────────────────────────

export type MessagePanelToExtension =
  /** Sent once, when the script runs. The extension answers with `init`. */
  | { kind: 'ready' }
  | { kind: 'requestDetail'; id: MessageId; whole: boolean }
  | { kind: 'copyPayload'; id: MessageId }
  | { kind: 'copyTopic'; topic: string }
  | { kind: 'openInEditor'; id: MessageId }
  /** Opens the publish form with this message's values, or with the topic alone. */
  | { kind: 'publishAgain'; topic: string; id?: MessageId };

export type ExtensionToMessagePanel =
  | {
      kind: 'init';
      source: MessageSource;
      messages: readonly MessageSummary[];
      total: number;
      dropped: number;
    }
  | { kind: 'added'; messages: readonly MessageSummary[]; skipped: number; total: number; dropped: number }
  | { kind: 'detail'; detail: MessageDetail }
  /** The engine no longer holds the message. */
  | { kind: 'detailGone'; id: MessageId }
  /** The broker stopped or the engine ended: what is shown stays. */
  | { kind: 'brokerState'; running: boolean };

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
  | { kind: 'init'; draft: PublishDraft; brokerRunning: boolean }
  | { kind: 'topics'; text: string; topics: readonly string[] }
  | { kind: 'brokerState'; running: boolean }
  /** The outcome of the last `publish`, in words for the form's status line. */
  | { kind: 'outcome'; ok: boolean; message: string };
