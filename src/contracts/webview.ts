/**
 * What travels between the extension and its webviews. Plain types, compiled by both sides. The pages that show messages
 * have a file of their own, messagePages.ts.
 *
 * A webview asks, the extension answers with a message of its own; nothing here waits. Bytes arrive as Uint8Array.
 */
import type { MessagePropertiesInfo, QoS } from './messages.ts';
import type { PayloadFormat } from './publishing.ts';
import type { ProtocolVersionNumber } from './remoteBrokers.ts';

/** Strings of the webview in the person's language: English text to translation. Set in the page by the extension. */
export type L10nBundle = Record<string, string>;

// ── Publish form ──────────────────────────────────────────────────────────────────────────────────────────────

/** What the form holds, and what is remembered of it. */
export interface PublishDraft {
  /** Of the profile that it is for; absent for the local broker. */
  connectionName?: string;
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

/** Where the form publishes to. */
export interface PublishTarget {
  /** Of its profile; empty for the local broker. */
  connectionName: string;
  /** `trying`: it is starting, or being connected to. `gone`: there is no such profile any more. */
  state: 'ready' | 'trying' | 'off' | 'gone';
  protocolVersion: ProtocolVersionNumber;
  /** Nothing is published to it. */
  isReadOnly: boolean;
  /** The person is asked before something is. */
  asksFirst: boolean;
  /** As its profile has it: `red`. */
  color?: string;
}

export type PublishFormToExtension =
  | { kind: 'ready' }
  /** Answered with `target`, when the person has chosen one. */
  | { kind: 'chooseTarget' }
  /** Starts the local broker, or connects to the one of the draft. */
  | { kind: 'openTarget' }
  /** `payload` is what `draft.payloadText` means in its format: the form has checked it. */
  | { kind: 'publish'; draft: PublishDraft; payload: Uint8Array; correlationData?: Uint8Array }
  | { kind: 'draftChanged'; draft: PublishDraft }
  /** Completion of a topic as it is typed. Answered with `topics`. */
  | { kind: 'findTopics'; text: string };

export type ExtensionToPublishForm =
  | { kind: 'init'; draft: PublishDraft; target: PublishTarget }
  | { kind: 'topics'; text: string; topics: readonly string[] }
  /** It was chosen, or stands differently. */
  | { kind: 'target'; target: PublishTarget }
  /** The outcome of the last `publish`, in words for the form's status line. */
  | { kind: 'outcome'; ok: boolean; message: string };
