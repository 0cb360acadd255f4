/**
 * How each client's last connection ended, for as long as it is of interest: also of clients whose session ended with
 * it, and of those that were never let in. The broker itself knows who is connected and what its sessions hold.
 *
 * Bounded: beyond, the client whose connection ended first is forgotten.
 */
import { Emitter } from '../base/event.ts';
import { Recent } from '../base/recent.ts';
import type { ProtocolVersion } from '../mqtt/packets.ts';

/** What an injected fault that may be behind an end did to the connection: broker/injectedFault.ts. */
export interface FaultOfEnd {
  readonly name: string;
  readonly did: 'touched' | 'silenced' | 'ended';
}

/** Who closed the connection, why, and what an injected fault had to do with it. */
export type ConnectionEnd = EndCause & { readonly fault?: FaultOfEnd };

/** Messages are English sentences: the broker's own, or the system's. */
type EndCause =
  | { readonly kind: 'clientDisconnected'; readonly reasonCode: number; readonly reasonName: string }
  | { readonly kind: 'networkClosed'; readonly message?: string }
  | { readonly kind: 'keepAliveTimeout'; readonly keepAliveSeconds: number }
  | { readonly kind: 'takenOver'; readonly byRemoteAddress: string }
  | {
      readonly kind: 'protocolError';
      readonly packetKind?: string;
      /** From the first byte of the packet. */
      readonly byteOffset?: number;
      readonly message: string;
      /** `MQTT-3.3.2-2`, or a section: `3.8.3`. */
      readonly clause: string;
      /** The heading in docs/errors.md. */
      readonly errorCode: string;
    }
  | {
      readonly kind: 'refused' | 'reAuthenticationFailed' | 'serverDisconnected' | 'storeFailed';
      readonly reasonCode: number;
      readonly reasonName: string;
      readonly message: string;
    }
  | { readonly kind: 'connectTimeout'; readonly timeoutSeconds: number }
  | { readonly kind: 'connectionCut'; readonly message: string }
  | { readonly kind: 'internalError'; readonly message: string };

export interface LastConnection {
  readonly clientId: string;
  readonly remoteAddress: string;
  readonly transportKind: string;
  /** Absent where it was not let in, as the next. */
  readonly protocolVersion?: ProtocolVersion;
  readonly username?: string;
  /** Wall clock, as the next. */
  readonly connectedAtMs: number;
  readonly endedAtMs: number;
  readonly end: ConnectionEnd;
  /** How many connections of this client id ended, as far as is remembered. */
  readonly times: number;
}

interface Accepted {
  readonly connectionId: number;
  readonly protocolVersion: ProtocolVersion;
  readonly username: string | undefined;
}

const MAX_REMEMBERED = 1_000;

export class Clients {
  readonly #accepted = new Map<string, Accepted>();
  /** The one that ended first, first. */
  readonly #last = new Recent<LastConnection>(MAX_REMEMBERED);
  readonly #didChange = new Emitter<void>();

  /** Somebody came or went, or subscribed to something else. */
  readonly onDidChange = this.#didChange.event;

  connected(clientId: string, accepted: Accepted): void {
    this.#accepted.set(clientId, accepted);
    this.#didChange.fire();
  }

  /** After a takeover, the end of the old connection comes before the new one is there. */
  disconnected(
    connectionId: number,
    connection: Omit<LastConnection, 'protocolVersion' | 'username' | 'times'>,
  ): void {
    const { clientId } = connection;
    const accepted = this.#accepted.get(clientId);
    const isIts = accepted?.connectionId === connectionId;
    if (isIts) this.#accepted.delete(clientId);
    const times = (this.#last.get(clientId)?.times ?? 0) + 1;
    const { protocolVersion, username } = isIts ? accepted : {};
    this.#last.set(clientId, {
      ...connection,
      times,
      ...(protocolVersion !== undefined && { protocolVersion }),
      ...(username !== undefined && { username }),
    });
    this.#didChange.fire();
  }

  /** Something else of a client is shown differently now. */
  changed(): void {
    this.#didChange.fire();
  }

  /** Undefined for a client that never left, or that is forgotten. */
  lastOf(clientId: string): LastConnection | undefined {
    return this.#last.get(clientId);
  }

  /** The newest end last. */
  ended(): Iterable<LastConnection> {
    return this.#last.values();
  }

  /** The broker is gone, and all that was of it. */
  clear(): void {
    this.#accepted.clear();
    this.#last.clear();
    this.#didChange.fire();
  }
}
