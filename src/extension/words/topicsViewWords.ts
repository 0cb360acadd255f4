/** What the Topics view says about itself: beside its title, and above its rows. */
import { l10n } from 'vscode';
import type { TopicOrder } from '../../contracts/topics.ts';
import { formatCount, formatName } from './formats.ts';

export interface TopicsViewState {
  order: TopicOrder;
  /** Messages that came since the view was paused; undefined while it is not. */
  waiting: number | undefined;
  filter: { text: string; matches: number } | undefined;
}

const MAX_FILTER_CHARACTERS = 60;

/** Empty where everything is as it is at first. */
export function topicsDescription({ order, waiting }: TopicsViewState): string {
  const parts: string[] = [];
  if (waiting !== undefined) {
    parts.push(
      waiting === 1
        ? l10n.t('paused, 1 message since')
        : l10n.t('paused, {0} messages since', formatCount(waiting)),
    );
  }
  if (order === 'activity') parts.push(l10n.t('by last activity'));
  if (order === 'rate') parts.push(l10n.t('by rate'));
  return parts.join(' · ');
}

/** Empty without a filter, and where nothing matches: the view then has room to say more. */
export function topicsMessage({ filter }: TopicsViewState): string {
  if (filter === undefined || filter.matches === 0) return '';
  const text = formatName(filter.text, MAX_FILTER_CHARACTERS);
  return filter.matches === 1
    ? l10n.t('1 topic with “{0}” in its name or last payload', text)
    : l10n.t('{0} topics with “{1}” in their name or last payload', formatCount(filter.matches), text);
}
