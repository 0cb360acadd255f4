/**
 * Faults at will, as the extension asks for them: whom a rule means, what goes wrong, and which are on.
 *
 * The types of a rule are those of src/faults/faultRule.ts, where each is explained; docs/faults.md says what each does on
 * the wire.
 */
import type { PacketKindName } from './trace.ts';

export type FaultDirection = 'toBroker' | 'toClient';

export type FaultScope =
  | { readonly kind: 'everyone' }
  | { readonly kind: 'clientId'; readonly clientId: string }
  | { readonly kind: 'clientIdPattern'; readonly pattern: string }
  | { readonly kind: 'topicFilter'; readonly topicFilter: string };

export interface FaultShare {
  readonly percent: number;
  readonly times?: number;
}

export type FaultBehaviour =
  | { readonly kind: 'delay'; readonly delayMs: number; readonly jitterMs: number }
  | { readonly kind: 'bandwidth'; readonly bytesPerSecond: number }
  | ({ readonly kind: 'drop' } & FaultShare)
  | ({ readonly kind: 'duplicate' } & FaultShare)
  | ({ readonly kind: 'reorder' } & FaultShare)
  | ({ readonly kind: 'corrupt'; readonly byteOffset?: number } & FaultShare)
  | { readonly kind: 'split' }
  | { readonly kind: 'stall' }
  | { readonly kind: 'halfOpen'; readonly afterSeconds?: number }
  | { readonly kind: 'idleTimeout'; readonly seconds: number }
  | { readonly kind: 'gap'; readonly everySeconds: number; readonly seconds: number }
  | { readonly kind: 'refuse'; readonly reasonCode: number }
  | { readonly kind: 'close'; readonly at: 'open' | 'connect' | 'connack' }
  | { readonly kind: 'closeAfter'; readonly count: number }
  | ({ readonly kind: 'cut' } & FaultShare)
  | { readonly kind: 'nonsense' }
  | {
      readonly kind: 'brokerStops';
      readonly seconds: number;
      readonly everySeconds?: number;
      readonly losesSessions: boolean;
    }
  | { readonly kind: 'loseSession' }
  | { readonly kind: 'serverKeepAlive'; readonly seconds: number }
  | { readonly kind: 'receiveMaximum'; readonly messages: number }
  | { readonly kind: 'expiryClock'; readonly aheadSeconds: number };

export type FaultKind = FaultBehaviour['kind'];

export interface FaultRule {
  readonly who: FaultScope;
  readonly direction?: FaultDirection;
  readonly packets?: readonly PacketKindName[];
  readonly behaviour: FaultBehaviour;
}

export type FaultPreset = 'weakWifi' | 'lteTunnel' | 'brokerRestart' | 'natTimeout' | 'captivePortal';

/** Rules that were switched on together. */
export interface FaultInjection {
  /** Unique in the life of the engine's broker, counting from 1. */
  readonly id: number;
  readonly preset?: FaultPreset;
  readonly seed: number;
  readonly rules: readonly FaultRule[];
  /** How often one of them did something that can be counted: not for what is late or narrow. */
  readonly applied: number;
}

export type StartFaultsParams = (
  | { readonly rules: readonly FaultRule[] }
  | { readonly preset: FaultPreset; readonly who: FaultScope }
) & {
  /** 0 to 4,294,967,295; drawn unless given. */
  readonly seed?: number;
};

export type StartFaultsResult =
  | { kind: 'started'; injection: FaultInjection }
  | { kind: 'brokerNotRunning' }
  /** One sentence without a full stop, that starts with the field. */
  | { kind: 'invalidRule'; message: string };

export interface FaultMethods {
  /** Beside those that are on. They end with the broker. */
  startFaults(params: StartFaultsParams): StartFaultsResult;
  /** Those of one injection, or all. What they hold back is let go. */
  stopFaults(params: { id?: number }): { kind: 'stopped' | 'notOn' };
  listFaults(params: Record<string, never>): readonly FaultInjection[];
}

export interface FaultEvents {
  /** Which are on, and what they have done so far; four times a second at most. */
  faultsChanged: readonly FaultInjection[];
}
