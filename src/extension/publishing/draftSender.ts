/**
 * A draft on its way: from what a person typed to a message for the engine, if its connection stands and the person may and
 * wants to publish to it; and what became of it, in words.
 */
import { l10n } from 'vscode';
import { readHex } from '../../base/bytesText.ts';
import type { MessagePropertiesInfo } from '../../contracts/messages.ts';
import type { PublishDraft } from '../../contracts/publishForm.ts';
import type { ComposedMessage, ComposedResult } from '../../contracts/publishing.ts';
import { mayPublish } from '../commands/publishSteps.ts';
import type { Connections } from '../connections/connections.ts';
import type { EngineClient } from '../engineClient.ts';
import type { UserQuestions } from '../questions/userQuestions.ts';
import { protocolName } from '../words/connectionStateWords.ts';
import { formatName } from '../words/formats.ts';
import { explainPublish, type Outcome } from '../words/publishWords.ts';
import type { PublishHistory } from './publishHistory.ts';

export interface DraftSenderOptions {
  engine: EngineClient;
  connections: Connections;
  questions: UserQuestions;
  history: PublishHistory;
}

export type Prepared =
  | {
      kind: 'ready';
      message: ComposedMessage;
      /** The outcome, with what was left out. */
      explain(result: ComposedResult): Outcome;
    }
  | { kind: 'not'; outcome: Outcome };

export class DraftSender {
  readonly #options: DraftSenderOptions;
  /** For `{{counter}}`. */
  #counter = 0;

  constructor(options: DraftSenderOptions) {
    this.#options = options;
  }

  async publish(draft: PublishDraft): Promise<Outcome> {
    const { engine, history } = this.#options;
    const prepared = await this.prepare(draft);
    if (prepared.kind === 'not') return prepared.outcome;
    const counter = this.#counter + 1;
    const result = await engine.call('publishComposed', { message: prepared.message, counter });
    const outcome = prepared.explain(result);
    if (outcome.ok) {
      this.#counter = counter;
      await history.add(draft);
    }
    return outcome;
  }

  /** @param keepsProperties also where the connection has none: the engine needs them, and leaves them out itself. */
  async prepare(draft: PublishDraft, { keepsProperties = false } = {}): Promise<Prepared> {
    const { connections, questions } = this.#options;
    const { connectionName = '', topic } = draft;
    const explain = (result: ComposedResult): Outcome => explainPublish(result, topic);
    if (connectionName === '') return { kind: 'ready', message: composedOf(draft), explain };
    const { broker, profile } = connections.named(connectionName) ?? {};
    if (broker === undefined)
      return { kind: 'not', outcome: explain({ kind: 'notConnected', name: connectionName }) };
    if (profile?.readOnly) return { kind: 'not', outcome: explain({ kind: 'readOnly' }) };
    const { connection, protocolVersion } = broker;
    if (!(await mayPublish({ connections, questions }, { connection, what: topic })))
      return {
        kind: 'not',
        outcome: { ok: false, message: l10n.t('Not published to {0}.', formatName(topic)) },
      };
    const { properties, ...bare } = composedOf(draft);
    if (protocolVersion === 5 || properties === undefined || keepsProperties)
      return { kind: 'ready', message: { ...composedOf(draft), connection }, explain };
    return {
      kind: 'ready',
      message: { ...bare, connection },
      explain: (result) => {
        const { ok, message } = explain(result);
        const without = l10n.t('{0} has no properties: it went without them.', protocolName(protocolVersion));
        return { ok, message: ok ? `${message} ${without}` : message };
      },
    };
  }
}

export function composedOf(draft: PublishDraft): ComposedMessage {
  const { topic, qos, retain, format, payloadText, isVerbatim = false } = draft;
  const { correlationDataHex = '', ...typed } = draft.properties;
  const read = readHex(correlationDataHex);
  const properties: MessagePropertiesInfo = {
    ...typed,
    // The form refuses what is no hex; a file that was edited by hand may have it.
    ...(read.kind === 'bytes' && read.bytes.length > 0 && { correlationData: read.bytes }),
  };
  return {
    ...{ topic, qos, retain, format, payloadText, fillsPlaceholders: !isVerbatim },
    ...(Object.keys(properties).length > 0 && { properties }),
  };
}
