/** What may be asked about the messages that are held. */
import type { Clock } from '../base/clock.ts';
import { nextTurn, timeSlice } from '../base/timeSlice.ts';
import type {
  FoundMessage,
  MessageDetail,
  MessageMethods,
  MessageRows,
  MessagesView,
  PreviousMessage,
} from '../contracts/messages.ts';
import { MessageSearch } from '../model/messageSearch.ts';
import { sourceOf } from './messageSource.ts';
import type { Models } from './models.ts';
import type { Handlers } from './rpcServer.ts';
import { detailOf, messageRowsOf, messagesViewOf, summaryOf } from './snapshots.ts';

const MAX_ROWS = 1000;
/** How long a search may go on before others have a turn. */
const SEARCH_SLICE_MS = 8;

export class MessageService implements Handlers<MessageMethods> {
  readonly #models: Models;
  readonly #clock: Clock;
  /** The newest search of each view, while it goes on. */
  readonly #searches = new Map<number, MessageSearch>();

  constructor(models: Models, clock: Clock) {
    this.#models = models;
    this.#clock = clock;
  }

  /** A view of a connection that is not there is empty, and stays so. */
  openMessages({ query }: Parameters<MessageMethods['openMessages']>[0]): MessagesView {
    const { model, query: found } = sourceOf(this.#models, query);
    return messagesViewOf(model.views.open(found), model.log);
  }

  closeMessages({ viewId }: { viewId: number }): void {
    this.#searches.delete(viewId);
    this.#models.withId(viewId)?.views.close(viewId);
  }

  messageRows({ viewId, from, count }: Parameters<MessageMethods['messageRows']>[0]): MessageRows {
    const model = this.#models.withId(viewId);
    const view = model?.views.view(viewId);
    if (model === undefined || view === undefined) return { from, rows: [] };
    return messageRowsOf(view, model.log, from, Math.min(count, MAX_ROWS));
  }

  messagePlace({ viewId, at }: Parameters<MessageMethods['messagePlace']>[0]): number | undefined {
    const view = this.#models.withId(viewId)?.views.view(viewId);
    return 'id' in at ? view?.placeOf(at.id) : view?.placeAt(at.receivedAtMs);
  }

  async findMessage({
    viewId,
    ...request
  }: Parameters<MessageMethods['findMessage']>[0]): Promise<FoundMessage> {
    const model = this.#models.withId(viewId);
    const view = model?.views.view(viewId);
    if (model === undefined || view === undefined) return { kind: 'notFound' };
    const search = new MessageSearch(view, model.log, request);
    this.#searches.set(viewId, search);
    for (;;) {
      const state = search.advance(timeSlice(this.#clock, SEARCH_SLICE_MS));
      if (state.kind !== 'searching') {
        this.#searches.delete(viewId);
        return state.kind === 'found' ? state : { kind: 'notFound' };
      }
      await nextTurn(this.#clock);
      if (this.#searches.get(viewId) !== search) return { kind: 'superseded' };
    }
  }

  /** The payload is a copy: the caller's to keep or to give away. */
  message({ id, maxPayloadBytes }: Parameters<MessageMethods['message']>[0]): MessageDetail | undefined {
    const model = this.#models.withId(id);
    const message = model?.log.message(id);
    return model && message && detailOf(message, maxPayloadBytes, this.#models.kindOf(model));
  }

  /** A copy, as above. */
  payloadPart({ id, offset, length }: Parameters<MessageMethods['payloadPart']>[0]): Uint8Array | undefined {
    return this.#models
      .withId(id)
      ?.log.message(id)
      ?.payload.slice(offset, offset + length);
  }

  previousMessage({ id }: Parameters<MessageMethods['previousMessage']>[0]): PreviousMessage {
    const log = this.#models.withId(id)?.log;
    if (log?.message(id) === undefined) return { kind: 'notHeld' };
    const previous = log.previousOf(id);
    return previous === undefined ? { kind: 'none' } : { kind: 'found', previous: summaryOf(previous) };
  }
}
