/** What may be asked about the messages that are held. */
import type { MessageDetail, MessageMethods, MessageRows, MessagesView } from '../contracts/messages.ts';
import { BROKER_ORIGIN } from '../model/messageLog.ts';
import type { Model } from '../model/model.ts';
import type { Handlers } from './rpcServer.ts';
import { detailOf, messageRowsOf, messagesViewOf } from './snapshots.ts';

const MAX_ROWS = 1000;

export class MessageService implements Handlers<MessageMethods> {
  readonly #model: Model;

  constructor(model: Model) {
    this.#model = model;
  }

  openMessages({ query }: Parameters<MessageMethods['openMessages']>[0]): MessagesView {
    const { source, topicFilter, publisher, text } = query;
    const { feeds, views, log } = this.#model;
    const origin = source.kind === 'broker' ? BROKER_ORIGIN : feeds.get(source.topicFilter).origin;
    return messagesViewOf(views.open({ origin, topicFilter, publisher, text }), log);
  }

  closeMessages({ viewId }: { viewId: number }): void {
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
