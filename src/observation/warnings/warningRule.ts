/**
 * What a rule is: it sees what the broker tells of its clients, and warns of what will hurt one of them in the field.
 *
 * A rule is a file with its numbers at the top and the state that it needs, which is bounded: client ids are a stranger's
 * choice. No rule looks at each message. What has to be counted over time is asked for at a tick instead, from what
 * broker and model hold anyway.
 */
import type { Clock } from '../../base/clock.ts';
import type { OpenExchanges } from '../../broker/broker.ts';
import type { BrokerObserver, Message } from '../../broker/observer.ts';
import type { WarningFacts } from '../../model/warnings.ts';

/** Clients that a rule remembers. */
export const MAX_CLIENTS = 2_000;

/** The events that a rule may see: none of them comes with each message. */
export interface WarningRule
  extends Pick<
    BrokerObserver,
    | 'clientConnected'
    | 'connectionClosed'
    | 'clientIdShared'
    | 'clientWasQuiet'
    | 'largestPublishSent'
    | 'subscribed'
    | 'unsubscribed'
    | 'messageDropped'
    | 'retainedChanged'
  > {
  /** Every ten seconds while clients are connected. */
  tick?(look: BrokerLook): void;
}

export interface RuleContext {
  readonly clock: Clock;
  /** Once for each kind of a client: later calls do nothing. */
  readonly warn: (clientId: string, facts: WarningFacts) => void;
}

/** What a rule may ask at a tick. */
export interface BrokerLook {
  readonly clientsConnected: number;
  openExchanges(): Iterable<OpenExchanges>;
  retainedMessage(topic: string): Message | undefined;
}
