/** A keep alive in force that is none, longer than what lies between device and broker remembers, or so short that it floods. */
import type { WarningFacts } from '../../model/warnings.ts';
import type { RuleContext, WarningRule } from './warningRule.ts';

/** The shortest of the usual times after which a silent connection is forgotten: docs/warnings.md has the sources. */
const USUAL_NAT_TIMEOUT_SECONDS = 240;
const SHORTEST_SENSIBLE_SECONDS = 5;

const kinds = ['keepAliveOff', 'keepAliveLong', 'keepAliveShort'] as const;

export function keepAliveRule({ warn, over }: RuleContext): WarningRule {
  return {
    clientConnected: (_connection, clientId, connect, { properties }) => {
      // [MQTT-3.1.2-21]
      const facts = faultOf(properties?.serverKeepAlive ?? connect.keepAliveSeconds);
      for (const kind of kinds) if (kind !== facts?.kind) over(clientId, kind);
      if (facts !== undefined) warn(clientId, facts);
    },
  };
}

function faultOf(keepAliveSeconds: number): WarningFacts | undefined {
  if (keepAliveSeconds === 0) return { kind: 'keepAliveOff' };
  if (keepAliveSeconds > USUAL_NAT_TIMEOUT_SECONDS) return { kind: 'keepAliveLong', keepAliveSeconds };
  if (keepAliveSeconds < SHORTEST_SENSIBLE_SECONDS) return { kind: 'keepAliveShort', keepAliveSeconds };
  return undefined;
}
