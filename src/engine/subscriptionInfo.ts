/** Subscriptions of the workbench, at the local broker and at others, in the contract's words. */
import type { SubscribeOptions, SubscriptionInfo } from '../contracts/engine.ts';
import type { QoS } from '../contracts/messages.ts';

/** Those that are set, and nothing else of the request. */
export function subscribeOptionsOf(from: SubscribeOptions): SubscribeOptions {
  const { noLocal, retainAsPublished, retainHandling, subscriptionIdentifier } = from;
  return {
    ...(noLocal && { noLocal }),
    ...(retainAsPublished && { retainAsPublished }),
    ...(retainHandling && { retainHandling }),
    ...(subscriptionIdentifier !== undefined && { subscriptionIdentifier }),
  };
}

/** A subscription of the workbench, in the contract's words. */
export function subscriptionInfoOf(
  {
    topicFilter,
    requestedQos,
    grantedQos,
    options,
  }: { topicFilter: string; requestedQos: QoS; grantedQos: QoS; options: SubscribeOptions },
  {
    messageCount,
    isMuted,
    refusal,
  }: { messageCount: number; isMuted: boolean; refusal?: string | undefined },
): SubscriptionInfo {
  return {
    topicFilter,
    qos: grantedQos,
    ...(requestedQos !== grantedQos && { requestedQos }),
    ...options,
    messageCount,
    ...(isMuted && { isMuted }),
    ...(refusal !== undefined && { refusal }),
  };
}
