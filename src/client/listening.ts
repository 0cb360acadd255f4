/**
 * Hears what comes on a topic for as long as somebody wants to, without a subscription that anybody sees.
 *
 * Subscribes where nobody has subscribed to this very filter, and unsubscribes in the end, unless somebody has done so
 * meanwhile.
 */
import type { DeliveredMessage, SubscribeOutcome } from './clientTypes.ts';
import type { WorkbenchClient } from './workbenchClient.ts';

export interface Listening {
  kind: 'listening';
  /** Resolves when nothing of it is left. */
  end(): Promise<void>;
}

export type ListenOutcome = Listening | Exclude<SubscribeOutcome, { kind: 'subscribed' }>;

/** @param topic without wildcards: a filter that matches itself. */
export async function listen(
  client: WorkbenchClient,
  topic: string,
  onMessage: (message: DeliveredMessage) => void,
): Promise<ListenOutcome> {
  const listener = client.onMessage((message) => {
    if (message.topic === topic) onMessage(message);
  });
  const lent = client.isSubscribed(topic) ? undefined : await client.lend(topic);
  if (lent !== undefined && lent.kind !== 'lent') {
    listener.dispose();
    return lent;
  }
  return {
    kind: 'listening',
    async end() {
      listener.dispose();
      await lent?.giveBack();
    },
  };
}
