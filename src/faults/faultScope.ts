/** Whom a rule means: client ids, patterns of them, and topics. */
import { topicMatches } from '../mqtt/topics.ts';
import type { FaultScope } from './faultRule.ts';

/** Whether a rule may mean a client. One by topic means every client: its packets decide. */
export function mayMean(who: FaultScope, clientId: string): boolean {
  switch (who.kind) {
    case 'everyone':
    case 'topicFilter':
      return true;
    case 'clientId':
      return who.clientId === clientId;
    case 'clientIdPattern':
      return matchesPattern(who.pattern, clientId);
  }
}

/** @param topic of a PUBLISH; undefined for any other packet. */
export function meansPacket(who: FaultScope, topic: string | undefined): boolean {
  if (who.kind !== 'topicFilter') return true;
  return topic !== undefined && topicMatches(who.topicFilter, topic);
}

/**
 * `*` stands for any characters, none included, `?` for one. Takes as long as pattern and text are long together, times
 * the shorter: not a regular expression, which a pattern could hold up.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  let at = 0;
  let star = -1;
  let starAt = 0;
  let p = 0;
  while (at < text.length) {
    if (pattern[p] === '*') {
      star = p++;
      starAt = at;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[at])) {
      p++;
      at++;
    } else if (star >= 0) {
      p = star + 1;
      at = ++starAt;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
