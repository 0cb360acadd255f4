/** Everyone may connect, publish and receive: a broker on a desk, as it starts. */
import type { AccessPolicy } from '../accessPolicy.ts';

export const anonymousPolicy: AccessPolicy = {
  // A user name that is given is taken as it is, for logs and views.
  authenticate: ({ username }) =>
    username === undefined ? { kind: 'accepted' } : { kind: 'accepted', username },
  mayPublish: () => true,
  mayReceive: () => true,
  maySubscribe: () => true,
};
