/** HOT PATH. Who may publish to what, a PUBLISH or a will: the policy's answer, but for what is the broker's own. */
import type { AccessPolicy, Identity } from './accessPolicy.ts';
import { isServerTopic } from './sysTopics.ts';

export function mayPublish(
  policy: AccessPolicy,
  identity: Identity,
  topic: string,
  retain: boolean,
): boolean {
  return !isServerTopic(topic) && policy.mayPublish(identity, topic, retain);
}
