/** Repeated messages, in words. */
import { l10n } from 'vscode';
import type { RepeatEnd, RepeatInfo } from '../../contracts/publishing.ts';
import type { Connections } from '../connections/connections.ts';
import { formatCount, formatMessages, formatName } from './formats.ts';
import { explainPublish } from './publishWords.ts';

export function repeatsLabel(count: number): string {
  return count === 1 ? l10n.t('Repeating') : l10n.t('Repeating {0}', count);
}

/** In one line: what, where, how often. */
export function describeRepeat(repeat: RepeatInfo, connections: Connections): string {
  const { topic, connection, everyMs, times, published } = repeat;
  const name = connections.with(connection)?.name;
  const pace = describePace(everyMs);
  const progress =
    times === undefined
      ? l10n.t('{0} published', formatCount(published))
      : l10n.t('{0} of {1} published', formatCount(published), formatCount(times));
  const where = name === undefined ? l10n.t('Local Broker') : formatName(name);
  return [formatName(topic), where, pace, progress].join(' · ');
}

export function describePace(everyMs: number): string {
  return everyMs % 1000 === 0
    ? l10n.t('every {0} s', formatCount(everyMs / 1000))
    : l10n.t('every {0} ms', formatCount(everyMs));
}

export function explainRepeatEnd({ repeat, reason, result }: RepeatEnd): string {
  const name = formatName(repeat.topic);
  const published = formatMessages(repeat.published);
  if (reason === 'notPublished' && result !== undefined)
    return l10n.t(
      'The repeat to {0} ended after {1}. {2}',
      name,
      published,
      explainPublish(result, repeat.topic).message,
    );
  if (reason === 'profileGone')
    return l10n.t(
      'The repeat to {0} ended after {1}: the profile of its connection is gone from the settings.',
      name,
      published,
    );
  return l10n.t('The repeat to {0} ended after {1}.', name, published);
}
