/** The questions that recording, export and replay have in common. Not a command itself. */
import type { Answer, StepPosition } from '../questions/userQuestions.ts';
import type { Services } from '../services.ts';
import { problemWithTopicFilter } from '../words/topicWords.ts';
import { topicArgument, topicFilterArgument } from './arguments.ts';

const MAX_SUGGESTIONS = 50;
/** Every topic but those that begin with $. */
export const EVERYTHING = '#';

export interface TopicsQuestion {
  title: string;
  position: StepPosition;
  placeholder: string;
  value: string;
  /** Of the local broker, unless it is another. */
  connection?: number;
}

export function askTopicFilter(
  { engine, questions }: Services,
  { connection, ...question }: TopicsQuestion,
): Promise<Answer<string>> {
  return questions.suggest({
    ...question,
    takesAnyText: true,
    problemWith: problemWithTopicFilter,
    suggest: async (text) =>
      (await engine.callIfRunning('findTopics', {
        text,
        limit: MAX_SUGGESTIONS,
        ...(connection !== undefined && { connection }),
      })) ?? [],
  });
}

/** What a row of a tree means: a filter as it is, a topic with all that is below it. */
export function filterOfRow(argument: unknown): string | undefined {
  const topicFilter = topicFilterArgument(argument);
  if (topicFilter !== undefined) return topicFilter;
  const topic = topicArgument(argument);
  if (topic === undefined) return undefined;
  return hasTopicsBelow(argument) ? `${topic}/#` : topic;
}

function hasTopicsBelow(argument: unknown): boolean {
  if (typeof argument !== 'object' || argument === null || !('node' in argument)) return false;
  const { node } = argument;
  return (
    typeof node === 'object' &&
    node !== null &&
    'childCount' in node &&
    typeof node.childCount === 'number' &&
    node.childCount > 0
  );
}
