/** Which ends have an injected fault with them; what is made of it in words is brokerLog.test.ts's and clientWords.test.ts's. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConnectionInfo, DisconnectCause } from '../../../src/broker/observer.ts';
import { connectionEndOf } from '../../../src/observation/connectionEnds.ts';

const connection: ConnectionInfo = {
  ...({ connectionId: 1, remoteAddress: '192.0.2.7:50123', transportKind: 'mqtt' } as const),
  ...{ connectedAtMs: 0, fault: { rule: '1.1', name: 'drop', did: 'touched' } },
};

for (const [cause, isBehind] of [
  [{ kind: 'networkClosed' }, true],
  [{ kind: 'keepAliveTimeout', keepAliveSeconds: 5 }, true],
  [{ kind: 'takenOver', byConnectionId: 2, byRemoteAddress: '192.0.2.8:1025' }, true],
  [{ kind: 'connectTimeout', timeoutSeconds: 5 }, true],
  [{ kind: 'clientDisconnected', reasonCode: 0x04 }, true],
  [{ kind: 'clientDisconnected', reasonCode: 0x00 }, false],
  [{ kind: 'refused', reasonCode: 0x88, message: 'Refused on purpose: fault 1.1 is on.' }, false],
] satisfies [DisconnectCause, boolean][])
  test(`a fault ${isBehind ? 'may be' : 'is not'} behind ${JSON.stringify(cause)}`, () => {
    const { fault } = connectionEndOf(connection, cause);
    assert.deepEqual(fault, isBehind ? { name: 'drop', did: 'touched' } : undefined);
  });
