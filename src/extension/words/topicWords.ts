/** What is wrong with a topic, for the person who types it: each kind of src/mqtt/topics.ts in words. */
import { l10n } from 'vscode';
import { checkTopicFilter, checkTopicName, type TopicProblem } from '../../mqtt/topics.ts';

/** Why nothing can be published to this text; undefined when it can. */
export function problemWithTopicName(text: string): string | undefined {
  return explain(checkTopicName(text), text);
}

/** Why this text can't be subscribed to; undefined when it can. */
export function problemWithTopicFilter(text: string): string | undefined {
  return explain(checkTopicFilter(text), text);
}

function explain(problem: TopicProblem | undefined, text: string): string | undefined {
  if (problem === undefined) return undefined;
  const column = problem.at + 1;
  switch (problem.kind) {
    case 'empty':
      return l10n.t('A topic has at least one character.');
    case 'tooLong':
      return l10n.t('A topic has at most 65,535 bytes in UTF-8.');
    case 'nullCharacter':
      return l10n.t('The null character at position {0} is not allowed in a topic.', column);
    case 'illFormed':
      return l10n.t(
        'The character at position {0} is half of a surrogate pair, which has no UTF-8 form.',
        column,
      );
    case 'wildcardInName':
      return l10n.t(
        'A message goes to one topic: the wildcard {0} at position {1} is for subscribing only.',
        text[problem.at] ?? '',
        column,
      );
    case 'multiLevelNotLast':
      return l10n.t('The wildcard # at position {0} must be the last character.', column);
    case 'multiLevelNotAlone':
      return l10n.t('The wildcard # at position {0} must be a level of its own, as in sensors/#.', column);
    case 'singleLevelNotAlone':
      return l10n.t(
        'The wildcard + at position {0} must be a level of its own, as in sensors/+/value.',
        column,
      );
    case 'shareNameInvalid':
      return l10n.t(
        'A shared subscription is $share/NAME/FILTER, where NAME has no wildcard and is not empty.',
      );
    case 'shareFilterMissing':
      return l10n.t('A shared subscription is $share/NAME/FILTER: the filter is missing.');
  }
}
