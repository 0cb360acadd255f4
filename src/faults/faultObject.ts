/**
 * A rule as one flat object: how a configuration file has it, and the log, from which it can be put into one.
 *
 *     { "clientIdPattern": "board-*", "direction": "toClient", "packets": ["puback"], "fault": "drop", "percent": 20 }
 */
import type { FaultRule, FaultScope } from './faultRule.ts';

export function faultObjectOf({ who, direction, packets, behaviour }: FaultRule): Record<string, unknown> {
  const { kind, ...numbers } = behaviour;
  return {
    ...scopeFields(who),
    ...(direction !== undefined && { direction }),
    ...(packets !== undefined && { packets }),
    fault: kind,
    ...numbers,
  };
}

function scopeFields(who: FaultScope): Record<string, string> {
  switch (who.kind) {
    case 'everyone':
      return {};
    case 'clientId':
      return { clientId: who.clientId };
    case 'clientIdPattern':
      return { clientIdPattern: who.pattern };
    case 'topicFilter':
      return { topicFilter: who.topicFilter };
  }
}
