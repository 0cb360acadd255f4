/**
 * A policy, and one user more who may do everything: whose broker it is, as the editor's own client of it.
 *
 * Nobody else can have that name, whatever the policy says of users: who does not know its password is refused.
 */
import type { AccessPolicy, AuthenticationResult, ConnectAttempt, Identity } from '../accessPolicy.ts';
import { type Credentials, passwordCheck } from './credentialsPolicy.ts';

export function withOwner(policy: AccessPolicy, owner: Credentials): AccessPolicy {
  const authenticate = passwordCheck(owner);
  const isOwner = ({ username }: { username?: string }): boolean => username === owner.username;
  return {
    ...policy,
    authenticate: (attempt: ConnectAttempt): AuthenticationResult | Promise<AuthenticationResult> =>
      isOwner(attempt) ? authenticate(attempt) : policy.authenticate(attempt),
    mayPublish: (identity: Identity, topic, retain) =>
      isOwner(identity) || policy.mayPublish(identity, topic, retain),
    mayReceive: (identity: Identity, topic) => isOwner(identity) || policy.mayReceive(identity, topic),
    maySubscribe: (identity: Identity, topicFilter, qos) =>
      isOwner(identity) || policy.maySubscribe(identity, topicFilter, qos),
  };
}
