/** A subscription and its options, in words. */
import { l10n } from 'vscode';
import type { SubscribeOptions, SubscriptionInfo } from '../../contracts/engine.ts';
import type { QoS } from '../../contracts/messages.ts';
import { protocolName } from './connectionStateWords.ts';
import { formatName } from './formats.ts';

/** Of a row: its QoS, and what is not as usual. @param version of the connection: the options came with MQTT 5.0. */
export function describeOptions(subscription: SubscriptionInfo, version: 3 | 4 | 5): readonly string[] {
  const { qos, requestedQos } = subscription;
  return [
    requestedQos === undefined ? l10n.t('QoS {0}', qos) : l10n.t('QoS {0}, asked for {1}', qos, requestedQos),
    ...(version === 5 ? optionsOf(subscription) : []),
  ];
}

function optionsOf({ noLocal, retainAsPublished, retainHandling }: SubscribeOptions): readonly string[] {
  return [
    ...(noLocal ? [l10n.t('No Local')] : []),
    ...(retainAsPublished ? [l10n.t('Retain As Published')] : []),
    ...(retainHandling === undefined || retainHandling === 0 ? [] : [describeRetainHandling(retainHandling)]),
  ];
}

/** Of a tooltip: each on its line. */
export function explainSubscription(subscription: SubscriptionInfo, version: 3 | 4 | 5): readonly string[] {
  const { topicFilter, qos, requestedQos, isMuted, refusal, subscriptionIdentifier } = subscription;
  const options = [
    ...optionsOf(subscription),
    ...(subscriptionIdentifier === undefined
      ? []
      : [l10n.t('Subscription identifier {0}', subscriptionIdentifier)]),
  ];
  return [
    formatName(topicFilter),
    refusal === undefined
      ? explainGrant(qos, requestedQos)
      : l10n.t('The broker did not take it: {0}. It is asked again at the next connect.', refusal),
    ...(version === 5 ? options : options.map((option) => notAskedFor(option, version))),
    ...(isMuted ? [l10n.t('Muted: its messages are counted, and shown nowhere.')] : []),
  ];
}

function notAskedFor(option: string, version: 3 | 4): string {
  return l10n.t(
    '{0}: not asked for. It came with MQTT 5.0, and this connection is {1}.',
    option,
    protocolName(version),
  );
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
