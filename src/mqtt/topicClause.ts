/** The 3.1.1 numbers of the statements about topics. topics.ts itself speaks of 5.0 only. */
import type { ProtocolVersion } from './packets.ts';
import type { TopicProblem } from './topics.ts';

/** The statement that a topic breaks, by the number that it has in the version spoken. */
export function topicClause(problem: TopicProblem, protocolVersion: ProtocolVersion | undefined): string {
  return protocolVersion === 5 ? problem.clause : (clauses311[problem.kind] ?? problem.clause);
}

/** Section 4.7 numbers from 4.7.1-1 in 3.1.1, where 5.0 begins with 4.7.0-1. The rest is the same. */
const clauses311: { readonly [kind in TopicProblem['kind']]?: string } = {
  wildcardInName: 'MQTT-4.7.1-1',
  multiLevelNotAlone: 'MQTT-4.7.1-2',
  multiLevelNotLast: 'MQTT-4.7.1-2',
  singleLevelNotAlone: 'MQTT-4.7.1-3',
};
