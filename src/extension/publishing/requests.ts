/**
 * The request of the publish form: where its answer is waited for, what it is known by, and how it stands. One at a time; the
 * form may be closed meanwhile.
 */
import { randomBytes } from 'node:crypto';
import { l10n } from 'vscode';
import { Emitter, type Event } from '../../base/event.ts';
import type { PublishDraft, RequestState } from '../../contracts/publishForm.ts';
import type { ResponseInfo } from '../../contracts/publishing.ts';
import type { EngineClient } from '../engineClient.ts';
import { classifyPayload, toHex } from '../payload/payloadText.ts';
import { formatName } from '../words/formats.ts';
import { explainSubscribe, type Outcome } from '../words/publishWords.ts';
import type { DraftSender } from './draftSender.ts';
import type { PublishHistory } from './publishHistory.ts';

const TIMEOUT_MS = 30_000;
const CORRELATION_BYTES = 8;
/** A page holds no more without stalling. */
const MAX_SHOWN_BYTES = 65_536;

export interface RequestsOptions {
  engine: EngineClient;
  sender: DraftSender;
  history: PublishHistory;
}

export class Requests {
  readonly #options: RequestsOptions;
  readonly #changed = new Emitter<RequestState>();
  #state: RequestState = { kind: 'none' };

  readonly onDidChange: Event<RequestState> = this.#changed.event;

  constructor(options: RequestsOptions) {
    this.#options = options;
  }

  get state(): RequestState {
    return this.#state;
  }

  /** Undefined where another request took its place, or the person called it off. @param draft has a response topic. */
  async ask(draft: PublishDraft): Promise<Outcome | undefined> {
    const { engine, sender, history } = this.#options;
    const { topic, properties } = draft;
    const responseTopic = properties.responseTopic ?? '';
    const prepared = await sender.prepare(draft, { keepsProperties: true });
    if (prepared.kind === 'not') return prepared.outcome;
    const { message } = prepared;
    const correlationData = message.properties?.correlationData ?? randomBytes(CORRELATION_BYTES);
    const waiting: RequestState = { kind: 'waiting', responseTopic };
    this.#set(waiting);
    try {
      const asked = { ...message, properties: { ...message.properties, correlationData } };
      const result = await engine.call('request', { message: asked, timeoutMs: TIMEOUT_MS });
      if (this.#state !== waiting) return undefined;
      switch (result.kind) {
        case 'answered':
          this.#set(answered(result.response));
          await history.add(draft);
          return { ok: true, message: l10n.t('Published to {0}, and answered.', formatName(topic)) };
        case 'timedOut':
          await history.add(draft);
          return this.#failed(explainTimeout(responseTopic, result));
        case 'notSubscribed':
          return this.#failed(explainSubscribe(result.result, responseTopic).message);
        case 'notPublished':
          return this.#failed(prepared.explain(result.result).message);
        case 'cancelled':
          this.#set({ kind: 'none' });
          return { ok: true, message: l10n.t('The answer is not waited for any more.') };
      }
    } catch (error) {
      if (this.#state === waiting) this.#set({ kind: 'none' });
      throw error;
    }
  }

  async cancel(): Promise<void> {
    await this.#options.engine.callIfRunning('cancelRequest', {});
  }

  #failed(message: string): Outcome {
    this.#set({ kind: 'failed', message });
    return { ok: false, message };
  }

  #set(state: RequestState): void {
    this.#state = state;
    this.#changed.fire(state);
  }
}

/** Of a request that names none. */
export function newResponseTopic(): string {
  return `mqtt-workbench/response/${randomBytes(4).toString('hex')}`;
}

function explainTimeout(
  responseTopic: string,
  { noSubscribers, others }: { noSubscribers: boolean; others: number },
): string {
  const seconds = TIMEOUT_MS / 1000;
  const name = formatName(responseTopic);
  if (noSubscribers)
    return l10n.t(
      'No answer on {0} within {1} s: nobody is subscribed to the request’s topic.',
      name,
      seconds,
    );
  if (others > 0)
    return l10n.t(
      'No answer on {0} within {1} s: {2} messages came with other correlation data.',
      name,
      seconds,
      others,
    );
  return l10n.t('No answer on {0} within {1} s.', name, seconds);
}

function answered(response: ResponseInfo): RequestState {
  const { topic, receivedAtMs, elapsedMs, qos, payload, payloadBytes, properties, lacksCorrelationData } =
    response;
  const shown = payload.subarray(0, MAX_SHOWN_BYTES);
  const content = classifyPayload(shown);
  return {
    kind: 'answered',
    ...{ topic, atMs: receivedAtMs, elapsedMs, qos, payloadBytes, lacksCorrelationData },
    format: content.kind === 'binary' ? 'hex' : content.kind,
    payloadText: content.kind === 'binary' ? toHex(shown, ' ') : content.text,
    isCut: shown.length < payloadBytes,
    properties: propertyLines(properties),
  };
}

/** In the standard's words, as they are on the wire. */
function propertyLines(properties: ResponseInfo['properties']): readonly (readonly [string, string])[] {
  if (properties === undefined) return [];
  const { contentType, responseTopic, correlationData, messageExpiryInterval } = properties;
  const { payloadFormatIndicator, userProperties = [] } = properties;
  return [
    ...(contentType === undefined ? [] : [[l10n.t('Content type'), contentType] as const]),
    ...(responseTopic === undefined ? [] : [[l10n.t('Response topic'), responseTopic] as const]),
    ...(correlationData === undefined
      ? []
      : [[l10n.t('Correlation data'), toHex(correlationData, ' ')] as const]),
    ...(messageExpiryInterval === undefined
      ? []
      : [[l10n.t('Message expiry, seconds'), String(messageExpiryInterval)] as const]),
    ...(payloadFormatIndicator === undefined
      ? []
      : [[l10n.t('Payload format indicator'), String(payloadFormatIndicator)] as const]),
    ...userProperties,
  ];
}
