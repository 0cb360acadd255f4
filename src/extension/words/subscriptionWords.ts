/** A subscription and its options, in words. */
import { l10n } from 'vscode';
import type { SubscribeOptions, SubscriptionInfo } from '../../contracts/engine.ts';
import type { QoS } from '../../contracts/messages.ts';
import { formatName } from './formats.ts';

/** Of a row: its QoS, and what is not as usual. */
export function describeOptions(subscription: SubscriptionInfo): readonly string[] {
  const { qos, requestedQos, noLocal, retainAsPublished, retainHandling } = subscription;
  return [
    requestedQos === undefined ? l10n.t('QoS {0}', qos) : l10n.t('QoS {0}, asked for {1}', qos, requestedQos),
    ...(noLocal ? [l10n.t('No Local')] : []),
    ...(retainAsPublished ? [l10n.t('Retain As Published')] : []),
    ...(retainHandling === undefined || retainHandling === 0 ? [] : [describeRetainHandling(retainHandling)]),
  ];
}

/** Of a tooltip: each on its line. */
export function explainSubscription(subscription: SubscriptionInfo): readonly string[] {
  const { topicFilter, qos, requestedQos, isMuted, refusal, subscriptionIdentifier } = subscription;
  return [
    formatName(topicFilter),
    refusal === undefined
      ? explainGrant(qos, requestedQos)
      : l10n.t('The broker did not take it: {0}. It is asked again at the next connect.', refusal),
    ...describeOptions(subscription).slice(1),
    ...(subscriptionIdentifier === undefined
      ? []
      : [l10n.t('Subscription identifier {0}', subscriptionIdentifier)]),
    ...(isMuted ? [l10n.t('Muted: its messages are counted, and shown nowhere.')] : []),
  ];
}

function explainGrant(qos: QoS, requestedQos: QoS | undefined): string {
  return requestedQos === undefined
    ? l10n.t('The broker granted QoS {0}', qos)
    : l10n.t('The broker granted QoS {0}, where {1} was asked for', qos, requestedQos);
}

export function describeRetainHandling(
  retainHandling: NonNullable<SubscribeOptions['retainHandling']>,
): string {
  switch (retainHandling) {
    case 0:
      return l10n.t('retained messages at each subscribe');
    case 1:
      return l10n.t('retained messages only if new');
    case 2:
      return l10n.t('no retained messages');
  }
}
