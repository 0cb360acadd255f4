/** What is said of retained messages: their age, and how clearing them or bringing them back ended. */
import { l10n } from 'vscode';
import type {
  ClearRetainedResult,
  RetainedCount,
  RetainedFilter,
  UndoClearRetainedResult,
} from '../../contracts/retained.ts';
import { formatCount, formatName } from './formats.ts';
import type { Outcome } from './publishWords.ts';
import { spanOf } from './span.ts';

/** `3 min ago`. In seconds it would have to be drawn again each second. */
export function formatAge(ms: number): string {
  const { unit, count } = spanOf(ms);
  switch (unit) {
    case 'seconds':
      return l10n.t('just now');
    case 'minutes':
      return l10n.t('{0} min ago', count);
    case 'hours':
      return l10n.t('{0} h ago', count);
    case 'days':
      return count === 1 ? l10n.t('1 day ago') : l10n.t('{0} days ago', formatCount(count));
  }
}

export function formatExpiry(ms: number): string {
  const { unit, count } = spanOf(ms);
  switch (unit) {
    case 'seconds':
      return l10n.t('expires within a minute');
    case 'minutes':
      return l10n.t('expires in {0} min', count);
    case 'hours':
      return l10n.t('expires in {0} h', count);
    case 'days':
      return count === 1 ? l10n.t('expires in 1 day') : l10n.t('expires in {0} days', formatCount(count));
  }
}

export function formatRetained(count: number): string {
  return count === 1 ? l10n.t('1 retained message') : l10n.t('{0} retained messages', formatCount(count));
}

/** Which ones, at the end of a sentence: `of garden/#`. */
export function formatRetainedFilter({ topicFilter, text }: RetainedFilter): string {
  if (topicFilter !== undefined) return l10n.t('of {0}', formatName(topicFilter));
  if (text !== undefined) return l10n.t('with “{0}” in their topic', formatName(text));
  return l10n.t('of all topics');
}

/** What a person is told before many are cleared. */
export function explainLoss({ count, undoable }: RetainedCount): string {
  const effect = l10n.t('Subscribers get an empty message for each topic, as MQTT has it.');
  const undo =
    undoable === count
      ? l10n.t('Undo Clear Retained brings them back until the broker stops.')
      : l10n.t(
          'Undo Clear Retained can bring back {0} of the {1}: the others are too large to be kept for it.',
          formatCount(undoable),
          formatCount(count),
        );
  return `${effect} ${undo}`;
}

export function explainCleared(result: ClearRetainedResult, filter: RetainedFilter, count: number): Outcome {
  const which = formatRetainedFilter(filter);
  switch (result.kind) {
    case 'cleared':
      if (result.isEnded)
        return {
          ok: true,
          message: l10n.t(
            'Stopped: {0} of {1} {2} cleared. The others are as they were.',
            formatCount(result.cleared),
            formatRetained(Math.max(count, result.cleared)),
            which,
          ),
        };
      return { ok: true, message: l10n.t('{0} {1} cleared.', formatRetained(result.cleared), which) };
    case 'busy':
      return { ok: false, message: busy() };
    case 'brokerNotRunning':
      return { ok: false, message: l10n.t('Nothing was cleared: the local broker is not running.') };
  }
}

export function explainUndone(result: UndoClearRetainedResult): Outcome {
  switch (result.kind) {
    case 'restored': {
      const { restored, expired, replaced, refused, isEnded } = result;
      const parts = [l10n.t('{0} published again.', formatRetained(restored))];
      if (expired > 0) parts.push(l10n.t('{0} had expired meanwhile.', formatCount(expired)));
      if (replaced > 0)
        parts.push(l10n.t('{0} have a newer message on their topic, which stays.', formatCount(replaced)));
      if (refused > 0)
        parts.push(
          l10n.t(
            'For {0} the broker has no room: its limits for retained messages are reached. Clear others and undo again.',
            formatCount(refused),
          ),
        );
      if (isEnded) parts.push(l10n.t('Stopped before the end: undo again for the rest.'));
      return { ok: refused === 0, message: parts.join(' ') };
    }
    case 'nothingToUndo':
      return { ok: false, message: l10n.t('There is no clearing of retained messages to undo.') };
    case 'busy':
      return { ok: false, message: busy() };
    case 'brokerNotRunning':
      return { ok: false, message: l10n.t('Nothing was published again: the local broker is not running.') };
  }
}

function busy(): string {
  return l10n.t(
    'Retained messages are being cleared or brought back already. Wait for its end, or cancel it.',
  );
}
