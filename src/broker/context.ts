/**
 * What every part of one broker shares. Made by Broker, handed to each part through its constructor; there is no
 * other way from a part to its broker, so that two brokers in one process have nothing in common.
 */
import type { Clock } from '../base/clock.ts';
import type { ReasonCode } from '../mqtt/reasonCodes.ts';
import type { TopicNameCache } from '../mqtt/topicNameCache.ts';
import type { AccessPolicy } from './accessPolicy.ts';
import type { Commits } from './commits.ts';
import type { BrokerCounters } from './counters.ts';
import type { Intervention } from './intervention.ts';
import type { BrokerLimits, LimitName } from './limits.ts';
import type { BrokerObserver, DropCause, Message } from './observer.ts';
import type { OpenOutputs } from './openOutputs.ts';
import type { Persistence } from './persistence.ts';
import type { TimerWheel } from './timerWheel.ts';

/** Section 4.11: use another server (0x9C), for now, or server moved (0x9D), for good. */
export interface Redirect {
  readonly reasonCode: typeof ReasonCode.useAnotherServer | typeof ReasonCode.serverMoved;
  /** A list of servers, separated by spaces, as in `host:port`. Section 4.11. */
  readonly serverReference: string;
}

export interface BrokerContext {
  /** Replaced as a whole when limits change: read it where it is needed, do not keep it. */
  limits: Readonly<BrokerLimits>;
  /** Undefined when nobody looks. May change at any time. */
  observer: BrokerObserver | undefined;
  /** Undefined unless the broker is to misbehave. May change at any time. */
  intervention: Intervention | undefined;
  /** How much older than it is each message counts as when its expiry is looked at, milliseconds. */
  expiryAheadMs: number;
  /** Whether a payload must be what its Payload Format Indicator says. May change at any time. */
  checkPayloadFormat: boolean;
  readonly counters: BrokerCounters;
  readonly policy: AccessPolicy;
  /** Where new connections of 5.0 are told to go instead; all others are refused too. Undefined lets them in. */
  redirect: Redirect | undefined;
  /** A template; undefined where clients that ask are told nothing. */
  readonly responseInformation: string | undefined;
  readonly clock: Clock;
  readonly timers: TimerWheel;
  readonly topicNames: TopicNameCache;
  readonly outputs: OpenOutputs;
  /** Undefined when nothing outlives the broker. */
  readonly persistence: Persistence | undefined;
  readonly commits: Commits;
  /** 0 up to but not 1. */
  readonly random: () => number;
}

/** Wall clock, as the expiry of messages has it. */
export function expiryNowMs({ clock, expiryAheadMs }: BrokerContext): number {
  return clock.nowMs() + expiryAheadMs;
}

/** A message did not go to a subscriber: counted, and told to who looks. */
export function countDrop(
  context: BrokerContext,
  message: Message,
  clientId: string | undefined,
  cause: DropCause,
): void {
  context.counters.messagesDropped++;
  context.counters.messagesDroppedByCause[cause]++;
  context.observer?.messageDropped?.(message, clientId, cause);
}

/** A limit refused, dropped or closed something, or gave a client less than it asked for: counted and told. */
export function countLimit(context: BrokerContext, name: LimitName): void {
  const times = ++context.counters.limitsReached[name];
  context.observer?.limitReached?.(name, context.limits[name], times);
}

/** A bug that no connection can be ended for: counted and told, and nothing else suffers. */
export function reportBug(context: BrokerContext, error: unknown): void {
  context.counters.internalErrors++;
  const { observer } = context;
  if (observer?.internalError !== undefined) observer.internalError(error);
  else process.emitWarning(error instanceof Error ? error : String(error)); // Nobody looks: not lost even so.
}
