/**
 * One user name and password for everyone: what a broker asks for that is exposed on the local network.
 *
 * Who knows them may do everything. Compared in constant time: how long a refusal takes tells nothing of how much of
 * a guess was right.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { AccessPolicy, AuthenticationResult, ConnectAttempt } from '../accessPolicy.ts';
import { badCredentials, credentialsMissing } from './refusals.ts';

export interface Credentials {
  username: string;
  password: string;
}

export function createCredentialsPolicy(credentials: Credentials): AccessPolicy {
  const expectedUsername = digest(credentials.username);
  const expectedPassword = digest(credentials.password);
  return {
    authenticate({ username, password }: ConnectAttempt): AuthenticationResult {
      if (username === undefined) return credentialsMissing;
      const isUser = timingSafeEqual(digest(username), expectedUsername);
      const isPassword = timingSafeEqual(digest(password ?? ''), expectedPassword);
      return isUser && isPassword ? { kind: 'accepted', username, by: 'password' } : badCredentials;
    },
    mayPublish: () => true,
    mayReceive: () => true,
    maySubscribe: () => true,
  };
}

/** Makes texts of any length comparable by `timingSafeEqual`, which wants equal lengths. */
function digest(text: string | Uint8Array): Buffer {
  return createHash('sha256').update(text).digest();
}
