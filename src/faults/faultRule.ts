/**
 * What can be made to go wrong, for whom, and with which packets: plain values, as a configuration file, the RPC and a
 * log line hold them.
 *
 * The same types are in src/contracts/faults.ts, which imports nothing; the compiler holds the two together where the
 * engine passes one for the other. docs/faults.md says what each does on the wire.
 */
import type { PacketKind } from '../mqtt/packets.ts';

/** `toBroker`: what the client sends. `toClient`: what it is to get. */
export type FaultDirection = 'toBroker' | 'toClient';

/** Whom a rule means. `*` in a pattern stands for any characters, `?` for one. A topic filter means PUBLISH packets alone. */
export type FaultScope =
  | { readonly kind: 'everyone' }
  | { readonly kind: 'clientId'; readonly clientId: string }
  | { readonly kind: 'clientIdPattern'; readonly pattern: string }
  | { readonly kind: 'topicFilter'; readonly topicFilter: string };

/** `percent`: of the packets that a rule means, above 0 and up to 100. `times`: so often for each client and direction, then no more. */
export interface Share {
  readonly percent: number;
  readonly times?: number;
}

export type FaultBehaviour =
  /** Each packet comes so much later, and up to `jitterMs` more; never before an earlier one. Milliseconds. */
  | { readonly kind: 'delay'; readonly delayMs: number; readonly jitterMs: number }
  | { readonly kind: 'bandwidth'; readonly bytesPerSecond: number }
  | ({ readonly kind: 'drop' } & Share)
  | ({ readonly kind: 'duplicate' } & Share)
  /** A PUBLISH waits until one on another topic has passed it, for a second at most. */
  | ({ readonly kind: 'reorder' } & Share)
  /** One byte of the packet: the one at `byteOffset`, or any. */
  | ({ readonly kind: 'corrupt'; readonly byteOffset?: number } & Share)
  /** Byte by byte, each by itself. */
  | { readonly kind: 'split' }
  /** Nothing passes in this direction while the rule is on. */
  | { readonly kind: 'stall' }
  /** Nothing passes any more, either way, over the connections that are open then: now, unless `afterSeconds` is given. */
  | { readonly kind: 'halfOpen'; readonly afterSeconds?: number }
  /** Nothing passes any more, either way, over a connection that was quiet for so long. */
  | { readonly kind: 'idleTimeout'; readonly seconds: number }
  /** Nothing passes for `seconds`, again and again, from one beginning to the next `everySeconds`. */
  | { readonly kind: 'gap'; readonly everySeconds: number; readonly seconds: number }
  /** Reason code of CONNACK, 0x80 to 0xFF. A client before 5.0 gets the return code that comes nearest. */
  | { readonly kind: 'refuse'; readonly reasonCode: number }
  /** `open`: before anything is read. `connect`: when CONNECT has come. `connack`: when it was answered. */
  | { readonly kind: 'close'; readonly at: 'open' | 'connect' | 'connack' }
  /** When the packet of this number has passed, counted for each connection from 1. */
  | { readonly kind: 'closeAfter'; readonly count: number }
  /** In the middle of a packet. */
  | ({ readonly kind: 'cut' } & Share)
  /** CONNECT is answered with a page of HTTP, as a captive portal does. */
  | { readonly kind: 'nonsense' }
  /** The broker is gone for so long; again and again where `everySeconds` is given. */
  | {
      readonly kind: 'brokerStops';
      readonly seconds: number;
      readonly everySeconds?: number;
      readonly losesSessions: boolean;
    }
  | { readonly kind: 'loseSession' }
  /** Server Keep Alive of CONNACK, 1 to 65,535 seconds. Clients of 5.0 only. */
  | { readonly kind: 'serverKeepAlive'; readonly seconds: number }
  /** Receive Maximum of CONNACK, 1 to 65,535. Clients of 5.0 only. */
  | { readonly kind: 'receiveMaximum'; readonly messages: number }
  /** Messages that wait count as so much older than they are. */
  | { readonly kind: 'expiryClock'; readonly aheadSeconds: number };

export type FaultKind = FaultBehaviour['kind'];

export interface FaultRule {
  readonly who: FaultScope;
  /** Both, unless given. */
  readonly direction?: FaultDirection;
  /** All kinds, unless given. */
  readonly packets?: readonly PacketKind[];
  readonly behaviour: FaultBehaviour;
}

/** Largest delay and longest wait that a rule may ask for: an hour. */
export const MAX_FAULT_SECONDS = 3600;
