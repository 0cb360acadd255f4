/** An access policy whose answer to CONNECT comes when the test says so. Everything else is allowed. */
import assert from 'node:assert/strict';
import { anonymousPolicy } from '../../src/broker/access/anonymousPolicy.ts';
import type { AccessPolicy } from '../../src/broker/accessPolicy.ts';

export interface SlowPolicy {
  readonly policy: AccessPolicy;
  /** Accepts whoever asked and will ask; resolves when those who asked have been told. */
  accept(): Promise<void>;
}

export function slowPolicy(): SlowPolicy {
  let settle: () => void = assert.fail;
  const checked = new Promise<{ kind: 'accepted' }>((resolve) => {
    settle = () => resolve({ kind: 'accepted' });
  });
  return {
    policy: { ...anonymousPolicy, authenticate: () => checked },
    async accept() {
      settle();
      await checked;
    },
  };
}
