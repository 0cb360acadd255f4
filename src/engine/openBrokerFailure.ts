/** Why a broker did not open, which setting is to blame, and the words for it. */
import type { PortOwner } from '../contracts/engine.ts';

/** `setting` is named as in a configuration file: `tlsPort`, `listeners[1].port`, `users`. */
export type OpenBrokerFailure =
  /** `owner` where the system tells. `freePort` is one that could be used instead. */
  | { kind: 'portInUse'; setting: string; host: string; port: number; owner?: PortOwner; freePort: number }
  /** Ports below 1,024 are the system's on many machines. */
  | { kind: 'notPermitted'; setting: string; host: string; port: number }
  /** The host is no address of this machine, or no known name. */
  | { kind: 'addressNotAvailable'; setting: string; host: string; port: number }
  /** Anything else. `value` is a file, with its line, or a folder; `message` one sentence without a full stop. */
  | { kind: 'failed'; setting: string; value?: string; message: string };

/**
 * One sentence without a full stop: what failed, and what to do.
 *
 * @param name how the blamed setting is called where it was written down: a flag, or a place in a file.
 */
export function describeOpenBrokerFailure(failure: OpenBrokerFailure, name: string): string {
  switch (failure.kind) {
    case 'portInUse': {
      const { host, port, owner, freePort } = failure;
      const by = owner === undefined ? 'another process' : describeOwner(owner);
      return `${name} ${port}: the port is in use on ${host} by ${by}; stop it, or use ${name} ${freePort}`;
    }
    case 'notPermitted':
      return `${name} ${failure.port}: this user may not listen on it; ports from 1024 up need no rights`;
    case 'addressNotAvailable':
      return `${name} ${failure.host}: this machine has no such address`;
    case 'failed':
      return failure.value === undefined
        ? `${name}: ${failure.message}`
        : `${name} ${failure.value}: ${failure.message}`;
  }
}

/** Two listeners on addresses that overlap, as 127.0.0.1 and 0.0.0.0, are each in the other's way. */
function describeOwner({ pid, name }: PortOwner): string {
  return pid === process.pid ? `this very process (${pid})` : `${name} (process ${pid})`;
}
