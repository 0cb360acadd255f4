/** A keep alive in force that is none, longer than what lies between device and broker remembers, or so short that it floods. */
import type { RuleContext, WarningRule } from './warningRule.ts';

/** The shortest of the usual times after which a silent connection is forgotten: docs/warnings.md has the sources. */
const USUAL_NAT_TIMEOUT_SECONDS = 240;
const SHORTEST_SENSIBLE_SECONDS = 5;

export function keepAliveRule({ warn }: RuleContext): WarningRule {
  return {
    clientConnected: (_connection, clientId, connect, { properties }) => {
      // [MQTT-3.1.2-21]
      const keepAliveSeconds = properties?.serverKeepAlive ?? connect.keepAliveSeconds;
      if (keepAliveSeconds === 0) warn(clientId, { kind: 'keepAliveOff' });
      else if (keepAliveSeconds > USUAL_NAT_TIMEOUT_SECONDS)
        warn(clientId, { kind: 'keepAliveLong', keepAliveSeconds });
      else if (keepAliveSeconds < SHORTEST_SENSIBLE_SECONDS)
        warn(clientId, { kind: 'keepAliveShort', keepAliveSeconds });
    },
  };
}
