/** What is in a field for a topic filter. */
import { checkPlainTopicFilter, type TopicProblem } from '../../mqtt/topics.ts';

/** Undefined for a topic filter, and for nothing: that asks for all topics. */
export function topicFilterProblem(text: string): TopicProblem | undefined {
  return text === '' ? undefined : checkPlainTopicFilter(text);
}
