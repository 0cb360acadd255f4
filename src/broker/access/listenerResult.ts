/**
 * What the listener of a connection decides by itself about who comes in, before the access policy is asked.
 *
 * Who proved a name by certificate needs no password; and a listener may have its own mind on clients without a name,
 * as mosquitto's `allow_anonymous` of a listener.
 */
import type { AuthenticationResult } from '../accessPolicy.ts';
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
