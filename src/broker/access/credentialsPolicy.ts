/**
 * One user name and password for everyone: what a broker asks for that is exposed on the local network.
 *
 * Who knows them may do everything. Compared in constant time: how long a refusal takes tells nothing of how much of
 * a guess was right. The password is known here, so SCRAM-SHA-256 is offered too, with salts of this policy's own.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { AccessPolicy, AuthenticationResult, ConnectAttempt } from '../accessPolicy.ts';
import { badCredentials, credentialsMissing } from './refusals.ts';
import { SCRAM_SHA_256, scramMethod } from './scram.ts';
import { deriveScramCredential, SCRAM_SALT_BYTES, SHA256_BYTES } from './scramCredential.ts';
import { scramUsersOf } from './scramUsers.ts';

export interface Credentials {
  username: string;
  password: string;
}

export function createCredentialsPolicy(credentials: Credentials): AccessPolicy {
  const authenticationMethods = scramMethods(credentials);
  return {
    ...(authenticationMethods !== undefined && { authenticationMethods }),
    authenticate: passwordCheck(credentials),
    mayPublish: () => true,
    mayReceive: () => true,
    maySubscribe: () => true,
  };
}

/** Whether who connects has this name and password. */
export function passwordCheck(credentials: Credentials): (attempt: ConnectAttempt) => AuthenticationResult {
  const expectedUsername = digest(credentials.username);
  const expectedPassword = digest(credentials.password);
  return ({ username, password }) => {
    if (username === undefined) return credentialsMissing;
    const isUser = timingSafeEqual(digest(username), expectedUsername);
    const isPassword = timingSafeEqual(digest(password ?? ''), expectedPassword);
    return isUser && isPassword ? { kind: 'accepted', username, by: 'password' } : badCredentials;
  };
}

/** Undefined for a password that SCRAM can't have. */
function scramMethods({ username, password }: Credentials): AccessPolicy['authenticationMethods'] {
  const credential = deriveScramCredential(password, randomBytes(SCRAM_SALT_BYTES));
  const users = credential && scramUsersOf(new Map([[username, credential]]), randomBytes(SHA256_BYTES));
  return users && new Map([[SCRAM_SHA_256, scramMethod(users)]]);
}

/** Makes texts of any length comparable by `timingSafeEqual`, which wants equal lengths. */
function digest(text: string | Uint8Array): Buffer {
  return createHash('sha256').update(text).digest();
}
