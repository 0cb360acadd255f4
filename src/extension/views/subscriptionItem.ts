/** The row of a subscription, in the Broker and in the Connections view. Its filter is text, never markup. */
import { l10n, ThemeColor, ThemeIcon, TreeItem } from 'vscode';
import { LOCAL_BROKER } from '../../contracts/connections.ts';
import type { SubscriptionInfo } from '../../contracts/engine.ts';
import { commandIds, itemContexts } from '../../contracts/manifest.ts';
import { formatMessages, formatName } from '../words/formats.ts';
import { describeOptions, explainSubscription } from '../words/subscriptionWords.ts';

/** What commands ask for. */
interface SubscriptionRow {
  topicFilter: string;
  /** Undefined for the local broker. */
  connection?: number;
  /** Of that connection; 5 unless told. */
  protocolVersion?: 3 | 4 | 5;
  subscription: SubscriptionInfo;
}

export function subscriptionItem(row: SubscriptionRow): TreeItem {
  const { topicFilter, connection = LOCAL_BROKER, protocolVersion = 5, subscription } = row;
  const { isMuted, refusal, messageCount } = subscription;
  const item = new TreeItem(formatName(topicFilter));
  item.id = `subscription:${connection}:${topicFilter}`;
  item.iconPath = iconOf(subscription);
  item.description = [
    ...(refusal === undefined ? [] : [l10n.t('refused: {0}', refusal)]),
    ...(isMuted ? [l10n.t('muted')] : []),
    ...describeOptions(subscription, protocolVersion),
    ...(refusal === undefined ? [formatMessages(messageCount)] : []),
  ].join(' · ');
  item.tooltip = explainSubscription(subscription, protocolVersion).join('\n');
  item.contextValue = contextOf(subscription, connection === LOCAL_BROKER);
  item.command = { command: commandIds.openMessages, title: '', arguments: [row] };
  return item;
}

function iconOf({ isMuted, refusal }: SubscriptionInfo): ThemeIcon {
  if (refusal !== undefined) return new ThemeIcon('warning', new ThemeColor('list.warningForeground'));
  return new ThemeIcon(isMuted ? 'mute' : 'mail');
}

function contextOf({ isMuted, refusal }: SubscriptionInfo, isLocal: boolean): string {
  if (isLocal) return isMuted ? itemContexts.subscriptionMuted : itemContexts.subscription;
  if (refusal !== undefined) return itemContexts.remoteSubscriptionRefused;
  return isMuted ? itemContexts.remoteSubscriptionMuted : itemContexts.remoteSubscription;
}
