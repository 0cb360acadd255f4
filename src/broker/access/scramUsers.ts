/**
 * The users of a policy, as SCRAM asks for them.
 *
 * A name that is no user's is challenged like one: with a salt that follows from the name and a secret, so that asking
 * twice tells nothing. RFC 5802, section 9.
 */
import { saslPrep } from './saslPrep.ts';
import type { ScramUser, ScramUsers } from './scram.ts';
import { hmac, type ScramCredential } from './scramCredential.ts';

/**
 * @param credentials by user name; one at least, and decoys look like the first.
 * @param secret nobody else's, and as lasting as the salts of the credentials.
 */
export function scramUsersOf(
  credentials: ReadonlyMap<string, ScramCredential>,
  secret: Uint8Array,
): ScramUsers | undefined {
  const [like] = credentials.values();
  if (like === undefined) return undefined;
  const users = new Map<string, ScramUser>();
  for (const [username, credential] of credentials) {
    const prepared = saslPrep(username);
    if (prepared !== undefined) users.set(prepared, { username, credential });
  }
  const { iterations, salt } = like;
  return {
    find: (username) => users.get(username),
    decoyFor: (username) => ({
      iterations,
      salt: hmac(secret, username).subarray(0, salt.length),
      storedKey: hmac(secret, `stored ${username}`),
      serverKey: hmac(secret, `server ${username}`),
    }),
  };
}
