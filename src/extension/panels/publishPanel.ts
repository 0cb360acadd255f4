/**
 * The host side of the publish form: one panel, its draft, where it publishes to, and what became of a publish.
 *
 * The page checks and encodes the payload; here the topic is checked once more by the engine, as for any publish. What is
 * published goes to the connection that the page showed when the button was pressed. The draft outlives the panel.
 */

import { commands, l10n, type Uri } from 'vscode';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { messageOf } from '../../base/messageOf.ts';
import { LOCAL_BROKER } from '../../contracts/connections.ts';
import type { PublishParams, PublishResult } from '../../contracts/engine.ts';
import { commandIds, panelIds } from '../../contracts/manifest.ts';
import type { MessageId, MessagePropertiesInfo } from '../../contracts/messages.ts';
import type {
  ExtensionToPublishForm,
  PublishDraft,
  PublishFormToExtension,
  PublishTarget,
} from '../../contracts/webview.ts';
import type { InBackground } from '../background.ts';
import { mayPublish } from '../commands/publishSteps.ts';
import type { Connections } from '../connections/connections.ts';
import type { EngineClient } from '../engineClient.ts';
import type { LocalBroker } from '../localBroker.ts';
import type { Memory } from '../memory.ts';
import type { UserQuestions } from '../questions/userQuestions.ts';
import { formatBytes, formatName } from '../words/formats.ts';
import { explainUnreadable } from '../words/messageWords.ts';
import { explainPublish, type Outcome } from '../words/publishWords.ts';
import { protocolName } from '../words/remoteBrokerWords.ts';
import { PanelHost } from './panelHost.ts';
import { draftOf } from './publishDraft.ts';
import { askForPublishTarget, connectionNameOf, targetOf } from './publishTargets.ts';

export interface PublishPanelOptions {
  extensionUri: Uri;
  engine: EngineClient;
  broker: LocalBroker;
  connections: Connections;
  memory: Memory;
  questions: UserQuestions;
  inBackground: InBackground;
  /** As the command does, with its messages. */
  startBroker: () => Promise<void>;
}

type Host = PanelHost<PublishFormToExtension, ExtensionToPublishForm>;

const MAX_SUGGESTIONS = 50;
/** A text field holds no more without stalling. */
const MAX_FORM_PAYLOAD_BYTES = 1_048_576;

export class PublishPanel implements Disposable {
  readonly #options: PublishPanelOptions;
  readonly #store = new DisposableStore();
  #host: Host | undefined;
  #draft: PublishDraft;
  /** As the page was told last. */
  #toldTarget = '';

  constructor(options: PublishPanelOptions) {
    this.#options = options;
    this.#draft = options.memory.draft;
    this.#store.add(options.broker.onDidChangeState(() => this.#tellTarget()));
    this.#store.add(options.connections.onDidChange(() => this.#tellTarget()));
  }

  /** With the draft as it was, and `seed` over it. An empty connection name is the local broker. */
  async open(seed: Partial<PublishDraft> = {}): Promise<void> {
    await this.#keep({ ...this.#draft, ...seed });
    if (this.#host === undefined) this.#host = this.#createHost();
    else this.#host.reveal();
    this.#sendInit();
  }

  /** With a message as it came, to be changed and sent again. */
  async openWith(topic: string, id: MessageId | undefined): Promise<void> {
    if (id === undefined) return this.open({ topic });
    const { engine, questions } = this.#options;
    const connectionName = connectionNameOf(id, this.#options);
    const target = connectionName === undefined ? {} : { connectionName };
    const detail = await engine.callIfRunning('message', { id, maxPayloadBytes: MAX_FORM_PAYLOAD_BYTES });
    if (detail === undefined) {
      const reason = { kind: engine.isRunning ? 'notHeld' : 'engineStopped' } as const;
      await questions.say('information', explainUnreadable(reason));
      return;
    }
    if (detail.truncated) {
      const size = formatBytes(detail.payloadBytes);
      await this.open({ ...target, topic });
      await questions.say(
        'information',
        l10n.t(
          'The payload of {0} is too long for the form. Open it in an editor and publish it from there.',
          size,
        ),
      );
      return;
    }
    await this.open({ ...target, ...draftOf(detail) });
  }

  dispose(): void {
    this.#host?.dispose();
    this.#store.dispose();
  }

  #createHost(): Host {
    const host: Host = new PanelHost({
      extensionUri: this.#options.extensionUri,
      viewType: panelIds.publish,
      title: l10n.t('Publish'),
      bundle: 'publish',
    });
    host.onMessage((message) => this.#options.inBackground(this.#receive(message)));
    host.onDispose(() => {
      this.#host = undefined;
    });
    return host;
  }

  async #receive(message: PublishFormToExtension): Promise<void> {
    switch (message.kind) {
      case 'ready':
        return this.#sendInit();
      case 'draftChanged':
        return this.#keepTyped(message.draft);
      case 'findTopics':
        return this.#sendTopics(message.text);
      case 'chooseTarget':
        return this.#chooseTarget();
      case 'openTarget':
        return this.#openTarget();
      case 'publish':
        return this.#publish(message);
    }
  }

  async #publish({ draft, payload, correlationData }: Extract<PublishFormToExtension, { kind: 'publish' }>) {
    await this.#keepTyped(draft);
    const { correlationDataHex: _typed, ...typedProperties } = draft.properties;
    const properties: MessagePropertiesInfo = {
      ...typedProperties,
      ...(correlationData && { correlationData }),
    };
    const { topic, qos, retain } = draft;
    try {
      const { ok, message } = await this.#publishTo(draft, { topic, payload, qos, retain, properties });
      this.#host?.post({ kind: 'outcome', ok, message });
    } catch (error) {
      // The page waits for an outcome, whatever it is. The log has the cause, from whoever runs this.
      const message = messageOf(error);
      this.#host?.post({ kind: 'outcome', ok: false, message: l10n.t('The command failed: {0}', message) });
      throw error;
    }
  }

  async #publishTo(
    { connectionName = '' }: PublishDraft,
    { properties, ...message }: PublishParams,
  ): Promise<Outcome> {
    const { broker, connections } = this.#options;
    const { topic } = message;
    if (connectionName === '') {
      const withProperties = { ...message, ...(properties !== undefined && { properties }) };
      return explainPublish(await broker.publish(withProperties), topic);
    }
    const connection = connections.named(connectionName)?.broker?.connection ?? LOCAL_BROKER;
    const notConnected: PublishResult = { kind: 'notConnected', name: connectionName };
    if (connection === LOCAL_BROKER) return explainPublish(notConnected, topic);
    if (!(await mayPublish(this.#options, { connection, what: topic })))
      return { ok: false, message: l10n.t('Not published to {0}.', formatName(topic)) };
    const { protocolVersion } = targetOf(connectionName, this.#options);
    const isBare = properties === undefined || Object.keys(properties).length === 0;
    const carried = protocolVersion === 5 && !isBare ? { properties } : {};
    const outcome = explainPublish(await broker.publish({ ...message, connection, ...carried }), topic);
    if (!outcome.ok || protocolVersion === 5 || isBare) return outcome;
    const without = l10n.t('{0} has no properties: it went without them.', protocolName(protocolVersion));
    return { ok: true, message: `${outcome.message} ${without}` };
  }

  async #chooseTarget(): Promise<void> {
    const answer = await askForPublishTarget(
      this.#options.questions,
      this.#options,
      this.#target.connectionName,
    );
    if (answer.kind !== 'answered') return;
    await this.#keep({ ...this.#draft, connectionName: answer.value });
    this.#tellTarget();
  }

  async #openTarget(): Promise<void> {
    const { connectionName } = this.#target;
    if (connectionName === '') await this.#options.startBroker();
    else await commands.executeCommand(commandIds.connect, { connectionName });
  }

  get #target(): PublishTarget {
    return targetOf(this.#draft.connectionName ?? '', this.#options);
  }

  /** Where it goes to is chosen here: the page may not have heard of the last choice. */
  async #keepTyped({ connectionName: _shown, ...typed }: PublishDraft): Promise<void> {
    const { connectionName } = this.#draft;
    await this.#keep({ ...typed, ...(connectionName !== undefined && { connectionName }) });
  }

  async #keep(draft: PublishDraft): Promise<void> {
    this.#draft = draft;
    await this.#options.memory.rememberDraft(draft);
  }

  async #sendTopics(text: string): Promise<void> {
    const { engine, connections } = this.#options;
    const { connectionName } = this.#target;
    const connection = connections.named(connectionName)?.broker?.connection;
    const params = { text, limit: MAX_SUGGESTIONS, ...(connection !== undefined && { connection }) };
    const topics = await engine.callIfRunning('findTopics', params);
    this.#host?.post({ kind: 'topics', text, topics: topics ?? [] });
  }

  #sendInit(): void {
    const target = this.#target;
    this.#toldTarget = JSON.stringify(target);
    this.#showTarget(target);
    this.#host?.post({ kind: 'init', draft: this.#draft, target });
  }

  /** Connections change with each count of messages: the page is told what it shows, when that changes. */
  #tellTarget(): void {
    const target = this.#target;
    const told = JSON.stringify(target);
    if (told === this.#toldTarget) return;
    this.#toldTarget = told;
    this.#showTarget(target);
    this.#host?.post({ kind: 'target', target });
  }

  #showTarget({ connectionName }: PublishTarget): void {
    if (this.#host === undefined) return;
    this.#host.title =
      connectionName === '' ? l10n.t('Publish') : l10n.t('Publish to {0}', formatName(connectionName));
  }
}
