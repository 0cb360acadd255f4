/**
 * What a rule is: it sees what the broker tells of its clients, and warns of what will hurt one of them in the field.
 *
 * A rule is a file with its numbers at the top and the state that it needs, which is bounded: client ids are a stranger's
 * choice. No rule looks at every message. What has to be counted over time is asked for at a tick instead, from what
 * broker and model hold anyway.
 *
 * Where a rule reads ends, silences, paces or acknowledgements, it leaves out a connection that an injected fault acted on:
 * what it would see there is the fault's doing, or made by the client of it. What a client itself said stays a warning.
 */
import type { Clock } from '../../base/clock.ts';
import type { OpenExchanges } from '../../broker/broker.ts';
import type { InjectedFault } from '../../broker/injectedFault.ts';
import type { BrokerObserver, Message } from '../../broker/observer.ts';
import type { WarningFacts, WarningKind } from '../../model/warnings.ts';

/** Clients that a rule remembers. */
export const MAX_CLIENTS = 2_000;

/**
 * The events that a rule may see. Of messages, `retainedChanged` comes with each that is retained and `messageDropped` with
 * each that is dropped: a rule that takes them tells most of them at a glance.
 */
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
  /** Told of once for each kind of a client; what is seen again brings its facts up to date. Cheap. */
  readonly warn: (clientId: string, facts: WarningFacts) => void;
  /** A new CONNECT, or what came after it, shows that what was seen is not so any more. */
  readonly over: (clientId: string, kind: WarningKind) => void;
  /** The client was warned of this kind already: for who has to search before it can warn, and for one that stands for another. */
  readonly has: (clientId: string, kind: WarningKind) => boolean;
}

/** What a rule may ask at a tick. */
export interface BrokerLook {
  readonly clientsConnected: number;
  openExchanges(): Iterable<OpenExchanges>;
  retainedMessage(topic: string): Message | undefined;
  /** What an injected fault did to the client's connection; undefined without one. */
  faultOf(clientId: string): InjectedFault | undefined;
}
