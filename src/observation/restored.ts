/** What a broker took over from the one before it, told to the model: no event of the observer speaks of it. */
import type { Broker } from '../broker/broker.ts';
import type { Model } from '../model/model.ts';

export function recordRestored(model: Model, broker: Broker): void {
  for (const { topic } of broker.retainedMessages()) model.topics.retainedChanged(topic, true);
  model.clients.changed();
}
