/**
 * A rule as one flat object: how a configuration file has it, and the log, from which it can be put into one.
 *
 *     { "clientIdPattern": "board-*", "direction": "toClient", "packets": ["puback"], "fault": "drop", "percent": 20 }
 */
import type { FaultKind, FaultRule, FaultScope } from './faultRule.ts';

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

/** The fields of each kind, beside whom it means and what it picks: those with a value are left out for that. */
export const fieldsOfKind: Readonly<Record<FaultKind, Readonly<Record<string, FieldPresence>>>> = {
  delay: { delayMs: 'needed', jitterMs: { unlessGiven: 0 } },
  bandwidth: { bytesPerSecond: 'needed' },
  drop: { percent: { unlessGiven: 100 }, times: 'optional' },
  duplicate: { percent: { unlessGiven: 100 }, times: 'optional' },
  reorder: { percent: { unlessGiven: 100 }, times: 'optional' },
  corrupt: { percent: { unlessGiven: 100 }, times: 'optional', byteOffset: 'optional' },
  split: {},
  stall: {},
  // No connection is open yet where a file is read.
  halfOpen: { afterSeconds: 'needed' },
  idleTimeout: { seconds: 'needed' },
  gap: { everySeconds: 'needed', seconds: 'needed' },
  refuse: { reasonCode: 'needed' },
  close: { at: 'needed' },
  closeAfter: { count: 'needed' },
  cut: { percent: { unlessGiven: 100 }, times: 'optional' },
  nonsense: {},
  brokerStops: { seconds: 'needed', everySeconds: 'optional', losesSessions: { unlessGiven: false } },
  loseSession: {},
  serverKeepAlive: { seconds: 'needed' },
  receiveMaximum: { messages: 'needed' },
  expiryClock: { aheadSeconds: 'needed' },
};

export type FieldPresence = 'needed' | 'optional' | { readonly unlessGiven: number | boolean };
