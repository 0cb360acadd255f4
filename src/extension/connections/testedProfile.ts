/**
 * What a test of a connection asks the engine for: what connecting would, but for what would disturb. A client id that is in
 * use would throw the live connection out, and that of a session would end the session: such a test has one of its own. Pure.
 */
import type { RemoteBrokerParams } from '../../contracts/remoteBrokers.ts';

export interface TestedProfile {
  params: RemoteBrokerParams;
  /** Why the client id is another than the profile's. */
  aside: 'inUse' | 'session' | undefined;
}

const SUFFIX = '-test';
/** A 3.1 broker need not take a longer one. */
const MAX_3_1_CHARACTERS = 23;

/** @param clientIdsInUse of the connections that are live, or being made. */
export function testedProfile(
  { will: _will, ...params }: RemoteBrokerParams,
  clientIdsInUse: readonly string[],
): TestedProfile {
  const { clientId, protocolVersion, cleanStart, sessionExpiryIntervalSeconds = 0 } = params;
  const keepsSession = !cleanStart || (protocolVersion === 5 && sessionExpiryIntervalSeconds > 0);
  const aside = clientIdsInUse.includes(clientId) ? 'inUse' : keepsSession ? 'session' : undefined;
  if (aside === undefined) return { params, aside };
  const maxCharacters = protocolVersion === 3 ? MAX_3_1_CHARACTERS : Number.POSITIVE_INFINITY;
  const own = clientId.slice(0, maxCharacters - SUFFIX.length) + SUFFIX;
  return { params: { ...params, clientId: own }, aside };
}
