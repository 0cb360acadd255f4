/** Which model has the messages that a query is about, and the query in the model's words. */
import type { MessageQuery } from '../contracts/messages.ts';
import { BROKER_ORIGIN } from '../model/messageLog.ts';
import type { MessageQuery as ModelQuery } from '../model/messageQuery.ts';
import type { Model } from '../model/model.ts';
import type { Models } from './models.ts';

/** Of no message. */
const NO_ORIGIN = -1;

/** Of a connection that is not there nothing is found. */
export function sourceOf(models: Models, query: MessageQuery): { model: Model; query: ModelQuery } {
  const { source, topicFilter, publisher, text } = query;
  const { local } = models;
  const known = source.kind === 'broker' ? models.of(source.connection) : local;
  let origin = known === undefined ? NO_ORIGIN : BROKER_ORIGIN;
  if (source.kind === 'subscription') origin = local.feeds.get(source.topicFilter).origin;
  return { model: known ?? local, query: { origin, topicFilter, publisher, text } };
}
