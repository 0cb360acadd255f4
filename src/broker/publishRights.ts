/** HOT PATH. Who may publish to what, a PUBLISH or a will: the policy's answer, but for what is the broker's own. */
import type { AccessPolicy, Identity } from './accessPolicy.ts';

/** Topics that only the broker itself publishes to. Section 4.7.2. */
const SERVER_TOPICS = '$SYS/';

export function mayPublish(
  policy: AccessPolicy,
  identity: Identity,
  topic: string,
  retain: boolean,
): boolean {
  return !topic.startsWith(SERVER_TOPICS) && policy.mayPublish(identity, topic, retain);
}
