/** The end of a connection in plain values, as the model keeps it. */
import { messageOf } from '../base/messageOf.ts';
import type { InjectedFault } from '../broker/injectedFault.ts';
import type { ConnectionInfo, DisconnectCause } from '../broker/observer.ts';
import type { ConnectionEnd } from '../model/clients.ts';
import { ReasonCode, reasonCodeName } from '../mqtt/reasonCodes.ts';

/** Ends that an injected fault may have caused. */
const endsOfFaults: ReadonlySet<DisconnectCause['kind']> = new Set<DisconnectCause['kind']>([
  'networkClosed',
  'keepAliveTimeout',
  'takenOver',
  'protocolError',
  'connectTimeout',
]);

/** The injected fault that may be behind an end: not what a person did, or what tells of the fault itself. */
export function faultBehind({ fault }: ConnectionInfo, cause: DisconnectCause): InjectedFault | undefined {
  const mayBe =
    cause.kind === 'clientDisconnected'
      ? cause.reasonCode !== ReasonCode.normalDisconnection
      : endsOfFaults.has(cause.kind);
  return mayBe ? fault : undefined;
}

export function connectionEndOf(connection: ConnectionInfo, cause: DisconnectCause): ConnectionEnd {
  const end = endOf(cause);
  const fault = faultBehind(connection, cause);
  return fault === undefined ? end : { ...end, fault: { name: fault.name, did: fault.did } };
}

function endOf(cause: DisconnectCause): ConnectionEnd {
  switch (cause.kind) {
    case 'clientDisconnected': {
      const { kind, reasonCode } = cause;
      return { kind, reasonCode, reasonName: reasonCodeName(reasonCode, 'disconnect') };
    }
    case 'networkClosed':
      return cause.message === undefined
        ? { kind: 'networkClosed' }
        : { kind: 'networkClosed', message: cause.message };
    case 'keepAliveTimeout':
      return { kind: 'keepAliveTimeout', keepAliveSeconds: cause.keepAliveSeconds };
    case 'takenOver':
      return { kind: 'takenOver', byRemoteAddress: cause.byRemoteAddress };
    case 'protocolError': {
      const { packetKind, byteOffset, message, clause, code } = cause.error;
      return {
        kind: 'protocolError',
        ...(packetKind !== undefined && { packetKind }),
        ...(byteOffset !== undefined && { byteOffset }),
        ...{ message, clause, errorCode: code },
      };
    }
    case 'refused':
    case 'reAuthenticationFailed':
    case 'serverDisconnected':
    case 'storeFailed': {
      const { kind, reasonCode, message } = cause;
      const packetKind = kind === 'refused' ? 'connack' : 'disconnect';
      return { kind, reasonCode, reasonName: reasonCodeName(reasonCode, packetKind), message };
    }
    case 'connectTimeout':
      return { kind: 'connectTimeout', timeoutSeconds: cause.timeoutSeconds };
    case 'connectionCut':
      return { kind: 'connectionCut', message: cause.message };
    case 'internalError':
      return { kind: 'internalError', message: messageOf(cause.error) };
  }
}
