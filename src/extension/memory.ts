/**
 * What commands and forms remember of the last time, per workspace.
 *
 * Owns the keys and the shapes under them. Long payloads are not kept: VS Code reads all of it at each start.
 */
import type { Memento } from 'vscode';
import type { QoS } from '../contracts/messages.ts';
import type { PublishDraft } from '../contracts/publishForm.ts';
import type { TopicOrder } from '../contracts/topics.ts';
import type { ConnectionTargetId } from './connectionCode/connectionTargets.ts';
import type { PublishedEntry } from './publishing/publishHistory.ts';
import type { SavedMessage } from './publishing/savedMessages.ts';

export interface RememberedPublish {
  topic: string;
  payloadText: string;
  qos: QoS;
  retain: boolean;
}

export interface RememberedSubscribe {
  topicFilter: string;
  qos: QoS;
}

export interface RememberedConnectionCode {
  clientId: string;
  target?: ConnectionTargetId;
}

/** A configuration file that exposes the broker, and the person knows what it exposes. */
export interface ExposureAgreement {
  file: string;
  addresses: readonly string[];
  requiresCredentials: boolean;
}

const MAX_PAYLOAD_CHARACTERS = 16_384;

export class Memory {
  readonly #state: Memento;

  constructor(workspaceState: Memento) {
    this.#state = workspaceState;
  }

  get publish(): RememberedPublish {
    return this.#state.get('publish') ?? { topic: '', payloadText: '', qos: 0, retain: false };
  }

  async rememberPublish(publish: RememberedPublish): Promise<void> {
    await this.#state.update('publish', { ...publish, payloadText: short(publish.payloadText) });
  }

  get subscribe(): RememberedSubscribe {
    return this.#state.get('subscribe') ?? { topicFilter: '#', qos: 0 };
  }

  async rememberSubscribe(subscribe: RememberedSubscribe): Promise<void> {
    await this.#state.update('subscribe', subscribe);
  }

  get connectionCode(): RememberedConnectionCode {
    return this.#state.get('connectionCode') ?? { clientId: 'board-1' };
  }

  async rememberConnectionCode(code: RememberedConnectionCode): Promise<void> {
    await this.#state.update('connectionCode', code);
  }

  /** The last one, word by word: a file that exposes more than before is asked about anew. */
  hasAgreed(agreement: ExposureAgreement): boolean {
    return JSON.stringify(this.#state.get('exposure')) === JSON.stringify(agreement);
  }

  async rememberAgreement(agreement: ExposureAgreement): Promise<void> {
    await this.#state.update('exposure', agreement);
  }

  get topicOrder(): TopicOrder {
    return this.#state.get('topicOrder') ?? 'name';
  }

  async rememberTopicOrder(order: TopicOrder): Promise<void> {
    await this.#state.update('topicOrder', order);
  }

  get pinnedTopics(): readonly string[] {
    return this.#state.get('pinnedTopics') ?? [];
  }

  async rememberPinnedTopics(topics: readonly string[]): Promise<void> {
    await this.#state.update('pinnedTopics', topics);
  }

  /** Absolute path of the last one that was recorded into. */
  get recordingFolder(): string | undefined {
    return this.#state.get('recordingFolder');
  }

  async rememberRecordingFolder(folder: string): Promise<void> {
    await this.#state.update('recordingFolder', folder);
  }

  /** Of the topics of the last replay; empty for none. */
  get replayPrefix(): string {
    return this.#state.get('replayPrefix') ?? '';
  }

  async rememberReplayPrefix(topicPrefix: string): Promise<void> {
    await this.#state.update('replayPrefix', topicPrefix);
  }

  get draft(): PublishDraft {
    const empty: PublishDraft = {
      topic: '',
      qos: 0,
      retain: false,
      format: 'text',
      payloadText: '',
      properties: {},
    };
    return this.#state.get('draft') ?? empty;
  }

  /** The newest first. */
  get publishHistory(): readonly PublishedEntry[] {
    return this.#state.get('publishHistory') ?? [];
  }

  /** @param entries bounded by who makes them */
  async rememberPublishHistory(entries: readonly PublishedEntry[]): Promise<void> {
    await this.#state.update('publishHistory', entries);
  }

  /** Those that are for the person alone. */
  get savedMessages(): readonly SavedMessage[] {
    return this.#state.get('savedMessages') ?? [];
  }

  async rememberSavedMessages(messages: readonly SavedMessage[]): Promise<void> {
    await this.#state.update('savedMessages', messages);
  }

  async rememberDraft(draft: PublishDraft): Promise<void> {
    await this.#state.update('draft', { ...draft, payloadText: short(draft.payloadText) });
  }
}

function short(payloadText: string): string {
  return payloadText.length <= MAX_PAYLOAD_CHARACTERS ? payloadText : '';
}
