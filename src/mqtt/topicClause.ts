/**
 * Where 3.1.1 says what is wrong with a topic. topics.ts itself speaks of 5.0 only.
 *
 * Sections instead of statements: lists of 3.1.1's statements number those of section 4.7 in two ways.
 */
import type { ProtocolVersion } from './packets.ts';
import type { TopicProblem } from './topics.ts';

/** The statement or section that a topic breaks, by the number that it has in the version spoken. */
export function topicClause(problem: TopicProblem, protocolVersion: ProtocolVersion | undefined): string {
  return protocolVersion === 5 ? problem.clause : sections311[problem.kind];
}

const sections311: { readonly [kind in TopicProblem['kind']]: string } = {
  empty: '4.7.3',
  tooLong: '4.7.3',
  nullCharacter: '4.7.3',
  illFormed: 'MQTT-1.5.3-1',
  wildcardInName: '4.7.1',
  multiLevelNotAlone: '4.7.1.2',
  multiLevelNotLast: '4.7.1.2',
  singleLevelNotAlone: '4.7.1.3',
  // Shared subscriptions are of 5.0 alone: these two are never found in another version.
  shareNameInvalid: '4.7.3',
  shareFilterMissing: '4.7.3',
};
