/**
 * What travels between the extension and the pages that show messages: the Messages view and the Inspector.
 *
 * The history stays in the engine: a page knows how much there is, and asks for what is in sight.
 */
import type { ConnectionId, OtherConnectionKind } from './connections.ts';
import type { DecodedMessage, DecoderTrial, DecodingCandidate } from './decoding.ts';
import type { BrokerStateKind } from './engine.ts';
import type {
  FoundMessage,
  MessageDetail,
  MessageId,
  MessageQuery,
  MessageRows,
  MessageSummary,
  MessagesView,
} from './messages.ts';

// ── One message, in either page ───────────────────────────────────────────────────────────────────────────────

/** A button of a message. What it does is the extension's. */
export type MessageAction =
  | 'copyPayload'
  | 'copyAs'
  | 'copyTopic'
  | 'openInEditor'
  | 'publishAgain'
  | 'savePayload'
  | 'diffWithPrevious'
  /** With the message that is selected in the Messages view. */
  | 'compareWithSelected'
  | 'plot';

export type DecoderUse = Pick<DecodingCandidate, 'id' | 'via'>;

/** For messages of the topic, instead of the decoder that is chosen or the likeliest. */
export interface TriedDecoder {
  topic: string;
  decoder: DecoderTrial;
}

export type MessagePageToExtension =
  /** Sent once, when the script runs. The extension answers with all that the page needs to begin. */
  | { kind: 'ready' }
  /** Answered with `detail`, which carries `request`, or `detailGone`. `request` counts up in a page. */
  | { kind: 'requestDetail'; request: number; id: MessageId; whole: boolean; use?: TriedDecoder }
  /** Answered with `payloadPart` or `detailGone`. */
  | { kind: 'requestPart'; id: MessageId; offset: number }
  /** From now on, for the topic or a filter that the person is asked for. `chosenFor`: the filter of the choice so far. */
  | { kind: 'chooseDecoder'; topic: string; decoder: DecoderUse; chosenFor?: string }
  /** Takes back what was chosen for the filter. */
  | { kind: 'forgetDecoder'; topicFilter: string }
  | { kind: 'act'; action: MessageAction; id: MessageId; topic: string };

export type ExtensionToMessagePage =
  /** `isDecoding`: the decoder is still at work, and another `detail` follows when it is done. */
  | {
      kind: 'detail';
      request: number;
      detail: MessageDetail;
      decoded?: DecodedMessage;
      isDecoding?: true;
    }
  /** The engine no longer holds the message. */
  | { kind: 'detailGone'; id: MessageId }
  | { kind: 'payloadPart'; id: MessageId; offset: number; bytes: Uint8Array }
  /** The person has chosen other decoders: what was decoded is to be asked for again. */
  | { kind: 'decodersChanged' }
  /** The broker stopped or the engine ended: what is shown stays. */
  | { kind: 'brokerState'; broker: BrokerStateKind };

// ── Messages view ─────────────────────────────────────────────────────────────────────────────────────────────

export interface NamedConnection {
  connection: ConnectionId;
  kind: OtherConnectionKind;
  /** For people: of a recording, its file's. */
  name: string;
}

/** What the Messages view shows, as its fields have it. An empty text stands for all. */
export interface MessagesFilter {
  source: MessageQuery['source'];
  topicFilter: string;
  /** Client id. */
  publisher: string;
  text: string;
  /** Whether messages without the text are left out, or the text is only marked and searched for. */
  textMode: 'filter' | 'highlight';
}

export const everyMessage: MessagesFilter = {
  source: { kind: 'broker' },
  topicFilter: '',
  publisher: '',
  text: '',
  textMode: 'filter',
};

export type MessagesViewToExtension =
  | MessagePageToExtension
  /** Answered with `view`; not where `revision` is another than that of the last `filter`: it was typed before. */
  | { kind: 'filterChanged'; filter: MessagesFilter; revision: number }
  /** One at a time. Answered with `rows`. */
  | { kind: 'requestRows'; viewId: number; from: number; count: number }
  /** Answered with `place`, which carries `request`. */
  | { kind: 'findPlace'; request: number; viewId: number; at: { id: MessageId } | { receivedAtMs: number } }
  /** Answered with `found`. */
  | {
      kind: 'findText';
      request: number;
      viewId: number;
      text: string;
      from: number;
      direction: 'forward' | 'backward';
    }
  /** Completion, of topics and of client ids. Answered with `topics`, `clients`. */
  | { kind: 'findTopics'; text: string }
  | { kind: 'findClients'; text: string }
  | { kind: 'selected'; id: MessageId | undefined }
  | { kind: 'openInspector'; id: MessageId }
  | { kind: 'startBroker' };

export type ExtensionToMessagesView =
  | ExtensionToMessagePage
  /**
   * What is shown from here on, as a command has set it; `revision` counts up with each. `view` follows where the engine
   * runs.
   */
  | { kind: 'filter'; filter: MessagesFilter; revision: number }
  /** `filter` is in force; or the view has changed. */
  | { kind: 'view'; view: MessagesView }
  /** The engine ended and its views with it, or it has not started. */
  | { kind: 'viewLost' }
  | { kind: 'rows'; viewId: number; generation: number; asked: number; rows: MessageRows }
  | { kind: 'place'; request: number; place: number | undefined }
  | { kind: 'found'; request: number; found: FoundMessage }
  | { kind: 'topics'; text: string; topics: readonly string[] }
  | { kind: 'clients'; text: string; clientIds: readonly string[] }
  /** What `filter.source` can be beside the local broker: the workbench's own subscriptions, and other connections. */
  | { kind: 'sources'; subscriptions: readonly string[]; connections: readonly NamedConnection[] };

// ── Inspector ─────────────────────────────────────────────────────────────────────────────────────────────────

export type InspectorToExtension =
  | MessagePageToExtension
  /** To the message before or after this one, of those that the Messages view showed. */
  | { kind: 'step'; by: -1 | 1 }
  /** Shows each new message of the topic as it comes. */
  | { kind: 'follow'; isOn: boolean };

export interface InspectedMessage {
  summary: MessageSummary;
  /** Not of the local broker. */
  connectionKind?: OtherConnectionKind;
  /** Just before it, of those that are stepped through. */
  previous?: MessageSummary;
  hasNext: boolean;
  isFollowing: boolean;
  /** Its engine ended: what is shown stays, and nothing more can be asked of it. Another engine's ids are other messages. */
  isGone: boolean;
}

export type ExtensionToInspector = ExtensionToMessagePage | { kind: 'inspected'; message: InspectedMessage };
