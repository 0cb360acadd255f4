/**
 * What the listener of a connection decides by itself about who comes in, beside the access policy.
 *
 * Who proved a name by certificate needs no password; and a listener may have its own mind on clients without a name,
 * as mosquitto's `allow_anonymous` of a listener.
 */
import { quoted } from '../../mqtt/faultText.ts';
import { ReasonCode } from '../../mqtt/reasonCodes.ts';
import type { AuthenticationResult, AuthenticationStep, Refusal } from '../accessPolicy.ts';
import type { Transport } from '../transport.ts';
import { credentialsMissing } from './refusals.ts';

/** Undefined leaves it to the policy. @param username of the CONNECT. */
export function resultOfListener(
  { certificateUsername, allowsAnonymous }: Transport,
  username: string | undefined,
): AuthenticationResult | undefined {
  if (certificateUsername !== undefined)
    return { kind: 'accepted', username: certificateUsername, by: 'certificate' };
  if (username !== undefined || allowsAnonymous === undefined) return undefined;
  return allowsAnonymous ? { kind: 'accepted' } : credentialsMissing;
}

/**
 * The decision of an enhanced authentication, unless the listener takes the certificate's name for the user name: then
 * both must show the same user, as one connection has one.
 */
export function agreedWithListener<Decision extends AuthenticationStep>(
  { certificateUsername }: Transport,
  decision: Decision,
): Decision | Refusal {
  if (certificateUsername === undefined || decision.kind !== 'accepted') return decision;
  const { username } = decision;
  if (username === certificateUsername) return decision;
  return {
    kind: 'refused',
    reasonCode: ReasonCode.notAuthorized,
    message: `the certificate is that of the user ${quoted(certificateUsername)}, and no other is let in by it`,
    ...(username !== undefined && { username }),
  };
}
