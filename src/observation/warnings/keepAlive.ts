/** A keep alive in force that is none, longer than what lies between device and broker remembers, or so short that it floods. */
import type { WarningFacts } from '../../model/warnings.ts';
import type { RuleContext, WarningRule } from './warningRule.ts';

/** The shortest of the usual times after which a silent connection is forgotten: docs/warnings.md has the sources. */
const USUAL_NAT_TIMEOUT_SECONDS = 240;
const SHORTEST_SENSIBLE_SECONDS = 5;

const kinds = ['keepAliveOff', 'keepAliveLong', 'keepAliveShort'] as const;

export function keepAliveRule({ warn, over }: RuleContext): WarningRule {
  return {
    clientConnected: ({ fault }, clientId, connect, { properties }) => {
      // [MQTT-3.1.2-21] One that a fault gave says nothing of what holds without it.
      const given = fault === undefined ? properties?.serverKeepAlive : undefined;
      const facts = factsOf(given ?? connect.keepAliveSeconds);
      for (const kind of kinds) if (kind !== facts?.kind) over(clientId, kind);
      if (facts !== undefined) warn(clientId, facts);
    },
  };
}

function factsOf(keepAliveSeconds: number): WarningFacts | undefined {
  if (keepAliveSeconds === 0) return { kind: 'keepAliveOff' };
  if (keepAliveSeconds > USUAL_NAT_TIMEOUT_SECONDS) return { kind: 'keepAliveLong', keepAliveSeconds };
  if (keepAliveSeconds < SHORTEST_SENSIBLE_SECONDS) return { kind: 'keepAliveShort', keepAliveSeconds };
  return undefined;
}
