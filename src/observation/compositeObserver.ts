/**
 * Several observers as one: each event goes to all of them, in their order.
 *
 * An event that none of them wants stays undefined, so that the broker does not gather it.
 */
import type { BrokerObserver } from '../broker/observer.ts';

/** Every event, once: the compiler tells when the interface has got one that is not here. */
const eventNames = Object.keys({
  connectionOpened: true,
  clientConnected: true,
  connectionClosed: true,
  clientIdShared: true,
  clientWasQuiet: true,
  largestPublishSent: true,
  sessionEnded: true,
  messagePublished: true,
  messageDelivered: true,
  messageDropped: true,
  retainedChanged: true,
  subscribed: true,
  unsubscribed: true,
  packetReceived: true,
  packetSent: true,
  packetRejected: true,
  storeFailing: true,
  storeRecovered: true,
  limitReached: true,
  internalError: true,
  authenticated: true,
  accessDenied: true,
} satisfies Record<keyof BrokerObserver, true>) as (keyof BrokerObserver)[];

/** No event has more arguments. Named one by one: a rest parameter would cost an array for each event. */
type Call = (a: unknown, b: unknown, c: unknown, d: unknown) => void;

export function compositeObserver(observers: readonly BrokerObserver[]): BrokerObserver {
  const composite: { [Name in keyof BrokerObserver]?: Call } = {};
  for (const name of eventNames) {
    const calls: Call[] = [];
    for (const observer of observers) {
      // Each is called with the arguments of its own event, whatever their types.
      const method = observer[name] as Call | undefined;
      if (method !== undefined) calls.push(method.bind(observer));
    }
    const combined = combine(calls);
    if (combined !== undefined) composite[name] = combined;
  }
  // `undefined` is never stored, and each name has the method of its own event.
  return composite as BrokerObserver;
}

function combine(calls: readonly Call[]): Call | undefined {
  const [first, ...others] = calls;
  if (first === undefined || others.length === 0) return first;
  return (a, b, c, d) => {
    for (const call of calls) call(a, b, c, d);
  };
}
