/**
 * What travels between the extension and the publish form. Plain types, compiled by both sides.
 *
 * The form asks, the extension answers with a message of its own; nothing here waits. Drafts are handed back and forth as
 * they were typed: bytes are made of them in the engine.
 */
import type { MessagePropertiesInfo, QoS } from './messages.ts';
import type { PayloadFormat } from './publishing.ts';
import type { ProtocolVersionNumber } from './remoteBrokers.ts';

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
  /** Placeholders are sent as typed. */
  isVerbatim?: true;
  repeat?: RepeatDraft;
}

export interface RepeatDraft {
  everyMs: number;
  /** Without an end unless given. */
  times?: number;
}

/** Where the form publishes to. */
export interface PublishTarget {
  /** Of its profile; empty for the local broker. */
  connectionName: string;
  /**
   * `queues`: it is not connected, and what is published waits. `trying`: it is starting, or being connected to. `gone`: there
   * is no such profile any more.
   */
  state: 'ready' | 'queues' | 'trying' | 'off' | 'gone';
  protocolVersion: ProtocolVersionNumber;
  /** Nothing is published to it. */
  isReadOnly: boolean;
  /** The person is asked before something is. */
  asksFirst: boolean;
  /** As its profile has it: `red`. */
  color?: string;
}

/** Of a list: enough to know it by. */
interface DraftSummary {
  /** Empty for the local broker. */
  connectionName: string;
  topic: string;
  qos: QoS;
  retain: boolean;
  /** The payload's beginning. */
  preview: string;
}

/** A message that was published. */
export interface HistoryItem extends DraftSummary {
  id: number;
  atMs: number;
  /** How often in a row. */
  times: number;
  /** Only the head of its payload was kept: it can't be published again as it was. */
  isCut: boolean;
}

/** In the memory of this workspace, for the person alone, or in a file of the workspace, which a team shares. */
export type SavedPlace = 'memory' | 'file';

/** A message with a name. */
export interface SavedItem extends DraftSummary {
  name: string;
  place: SavedPlace;
}

/** One that runs. */
export interface RepeatItem {
  repeatId: number;
  /** Empty for the local broker. */
  connectionName: string;
  topic: string;
  everyMs: number;
  times?: number;
  published: number;
}

/** Of the last request. */
export type RequestState =
  | { kind: 'none' }
  | { kind: 'waiting'; responseTopic: string }
  | {
      kind: 'answered';
      topic: string;
      atMs: number;
      elapsedMs: number;
      qos: QoS;
      /** `hex` for what is no text. */
      format: 'text' | 'json' | 'hex';
      payloadText: string;
      payloadBytes: number;
      /** `payloadText` is the head alone. */
      isCut: boolean;
      /** Names and values, as far as there are any. */
      properties: readonly (readonly [name: string, value: string])[];
      lacksCorrelationData: boolean;
    }
  | { kind: 'failed'; message: string };

/** What a payload would be, for this very text. */
export interface EncodedPayload {
  format: PayloadFormat;
  payloadText: string;
  /** Or what is wrong with it. */
  result: { kind: 'encoded'; byteCount: number } | { kind: 'problem'; message: string };
}

export interface PublishLists {
  /** The newest first. */
  history: readonly HistoryItem[];
  saved: readonly SavedItem[];
}

export type PublishFormToExtension =
  | { kind: 'ready' }
  /** Answered with `target`, when the person has chosen one. */
  | { kind: 'chooseTarget' }
  /** Starts the local broker, or connects to the one of the draft. */
  | { kind: 'openTarget' }
  /** The form has checked it. Answered with `outcome`, as the next three. */
  | { kind: 'publish'; draft: PublishDraft }
  | { kind: 'startRepeat'; draft: PublishDraft; repeat: RepeatDraft }
  /** Publishes, and waits on the draft's response topic: where it has none, one is made. `requestState` follows. */
  | { kind: 'request'; draft: PublishDraft }
  | { kind: 'publishFromHistory'; id: number }
  | { kind: 'publishSaved'; name: string; place: SavedPlace }
  | { kind: 'stopRepeat'; repeatId: number }
  | { kind: 'cancelRequest' }
  | { kind: 'draftChanged'; draft: PublishDraft }
  /** Answered with `payload`, when there is one. */
  | { kind: 'loadPayload'; from: 'file' | 'editor' }
  /** Into the form. Answered with `init`. */
  | { kind: 'takeFromHistory'; id: number }
  | { kind: 'takeSaved'; name: string; place: SavedPlace }
  /** It is asked for a name and a place. */
  | { kind: 'save'; draft: PublishDraft }
  | { kind: 'removeSaved'; name: string; place: SavedPlace }
  | { kind: 'clearHistory' }
  /** Completion of a topic as it is typed. Answered with `topics`. */
  | { kind: 'findTopics'; text: string };

export type ExtensionToPublishForm =
  | { kind: 'init'; draft: PublishDraft; target: PublishTarget }
  | { kind: 'topics'; text: string; topics: readonly string[] }
  /** It was chosen, or stands differently. */
  | { kind: 'target'; target: PublishTarget }
  | { kind: 'lists'; lists: PublishLists }
  | { kind: 'repeats'; repeats: readonly RepeatItem[] }
  | { kind: 'requestState'; state: RequestState }
  /** A response topic was made. */
  | { kind: 'responseTopic'; responseTopic: string }
  | { kind: 'payload'; format: PayloadFormat; payloadText: string }
  /** Of a draft in a `DocumentFormat`, when it changed. */
  | { kind: 'encoded'; encoded: EncodedPayload }
  /** The outcome of the last publish, in words for the form's status line. */
  | { kind: 'outcome'; ok: boolean; message: string };
