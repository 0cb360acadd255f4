/** A field for a topic filter: it completes topics that were seen, and says what is wrong with a filter. */
import type { TopicProblem } from '../../mqtt/topics.ts';
import { t } from './l10n.ts';
import { SuggestionField } from './suggestionField.tsx';
import { topicFilterProblem } from './topicFilter.ts';

export interface TopicFilterFieldProps {
  value: string;
  suggestions: { text: string; values: readonly string[] };
  onInput(topicFilter: string): void;
  onFind(text: string): void;
}

export function TopicFilterField(props: TopicFilterFieldProps) {
  const { value } = props;
  const problem = topicFilterProblem(value);
  return (
    <div class="query-field query-topic">
      <SuggestionField
        id="topic-filter"
        label={t('Topic filter')}
        placeholder={t('All topics')}
        title={
          problem
            ? topicFilterWords(problem)
            : t('Topic or topic filter: + stands for one level, # for all that follow')
        }
        describedBy="topic-filter-problem"
        listLabel={t('Seen topics')}
        isInvalid={problem !== undefined}
        {...props}
      />
      <span class="screen-reader-only" id="topic-filter-problem" role="status">
        {problem ? topicFilterWords(problem) : ''}
      </span>
    </div>
  );
}

function topicFilterWords(problem: TopicProblem): string {
  switch (problem.kind) {
    case 'multiLevelNotLast':
    case 'multiLevelNotAlone':
      return t('The wildcard # must be the last level, and a level of its own.');
    case 'singleLevelNotAlone':
      return t('The wildcard + must be a level of its own.');
    default:
      return t('No topic matches this: it is too long, or has a character that a topic can’t have.');
  }
}
