/** The questions that recording, export and replay have in common. Not a command itself. */
import type { Answer, StepPosition } from '../questions/userQuestions.ts';
import type { Services } from '../services.ts';
import { problemWithTopicFilter } from '../words/topicWords.ts';

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
