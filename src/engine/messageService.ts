/** What may be asked about the messages that are held. */
import type { Clock } from '../base/clock.ts';
import type {
  FoundMessage,
  MessageDetail,
  MessageMethods,
  MessageRows,
  MessagesView,
} from '../contracts/messages.ts';
import { BROKER_ORIGIN } from '../model/messageLog.ts';
import { MessageSearch } from '../model/messageSearch.ts';
import type { Model } from '../model/model.ts';
import type { Handlers } from './rpcServer.ts';
import { detailOf, messageRowsOf, messagesViewOf } from './snapshots.ts';

const MAX_ROWS = 1000;
/** How long a search may go on before others have a turn. */
const SEARCH_SLICE_MS = 8;

export class MessageService implements Handlers<MessageMethods> {
  readonly #model: Model;
  readonly #clock: Clock;
  /** The newest search of each view, while it goes on. */
  readonly #searches = new Map<number, MessageSearch>();

  constructor(model: Model, clock: Clock) {
    this.#model = model;
    this.#clock = clock;
  }

  openMessages({ query }: Parameters<MessageMethods['openMessages']>[0]): MessagesView {
    const { source, topicFilter, publisher, text } = query;
    const { feeds, views, log } = this.#model;
    const origin = source.kind === 'broker' ? BROKER_ORIGIN : feeds.get(source.topicFilter).origin;
    return messagesViewOf(views.open({ origin, topicFilter, publisher, text }), log);
  }

  closeMessages({ viewId }: { viewId: number }): void {
    this.#searches.delete(viewId);
    this.#model.views.close(viewId);
  }

  messageRows({ viewId, from, count }: Parameters<MessageMethods['messageRows']>[0]): MessageRows {
    const view = this.#model.views.view(viewId);
    if (view === undefined) return { from, rows: [] };
    return messageRowsOf(view, this.#model.log, from, Math.min(count, MAX_ROWS));
  }

  messagePlace({ viewId, at }: Parameters<MessageMethods['messagePlace']>[0]): number | undefined {
    const view = this.#model.views.view(viewId);
    return 'id' in at ? view?.placeOf(at.id) : view?.placeAt(at.receivedAtMs);
  }

  async findMessage({
    viewId,
    ...request
  }: Parameters<MessageMethods['findMessage']>[0]): Promise<FoundMessage> {
    const view = this.#model.views.view(viewId);
    if (view === undefined) return { kind: 'notFound' };
    const search = new MessageSearch(view, this.#model.log, request);
    this.#searches.set(viewId, search);
    for (;;) {
      const endsAtMs = this.#clock.monotonicMs() + SEARCH_SLICE_MS;
      const state = search.advance(() => this.#clock.monotonicMs() >= endsAtMs);
      if (state.kind !== 'searching') {
        this.#searches.delete(viewId);
        return state.kind === 'found' ? state : { kind: 'notFound' };
      }
      await new Promise<void>((resolve) => this.#clock.setTimeout(resolve, 0));
      if (this.#searches.get(viewId) !== search) return { kind: 'superseded' };
    }
  }

  /** The payload is a copy: the caller's to keep or to give away. */
  message({ id, maxPayloadBytes }: Parameters<MessageMethods['message']>[0]): MessageDetail | undefined {
    const message = this.#model.log.message(id);
    return message && detailOf(message, maxPayloadBytes);
  }

  /** A copy, as above. */
  payloadPart({ id, offset, length }: Parameters<MessageMethods['payloadPart']>[0]): Uint8Array | undefined {
    return this.#model.log.message(id)?.payload.slice(offset, offset + length);
  }
}
