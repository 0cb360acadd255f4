/**
 * What a broker is told before it starts, checked and complete: the one form in which the command line and the editor
 * hand it over, wherever it was written down.
 *
 * Plain values. Paths are absolute, or relative to the working directory; no file was opened yet. Secrets are no
 * configuration: they come from where they are kept, when the broker opens.
 */
import type { BrokerLimits } from '../broker/limits.ts';
import type { FaultRule } from '../faults/faultRule.ts';
import type { ClientCertificate, TlsVersion } from '../transports/tlsOptions.ts';

export interface BrokerConfiguration {
  /** One or more, opened in this order. */
  readonly listeners: readonly ListenerConfiguration[];
  /** Each within its range; the defaults of broker/limits.ts hold for all others. */
  readonly limits: Readonly<Partial<BrokerLimits>>;
  /** A file of users and passwords, as mosquitto_passwd writes it. */
  readonly users?: string;
  /** A file of access rules, in the format of mosquitto's acl_file. */
  readonly acl?: string;
  /** The folder that sessions and retained messages are kept in; memory unless given. */
  readonly persist?: string;
  /** Whether a payload must be what its Payload Format Indicator says; false unless given. */
  readonly checkPayloadFormat?: boolean;
  /** A template of Response Information, see BrokerOptions. */
  readonly responseInformation?: string;
  /** Every CONNECT is refused, and told to go there: for now (0x9C), or for good (0x9D). */
  readonly useAnotherServer?: string;
  readonly serverMoved?: string;
  /** Whether listeners of MQTT that others reach are announced by multicast DNS; false unless given. */
  readonly announce?: boolean;
  /** What is to go wrong from the start. */
  readonly faults?: FaultConfiguration;
}

export interface FaultConfiguration {
  /** 0 to 4,294,967,295; drawn, and logged, unless given. */
  readonly seed?: number;
  /** Checked. */
  readonly rules: readonly FaultRule[];
}

export type ListenerConfiguration = ListenerTermsConfiguration &
  (
    | { readonly kind: 'mqtt' | 'ws'; readonly host: string; readonly port: number }
    | {
        readonly kind: 'mqtts' | 'wss';
        readonly host: string;
        readonly port: number;
        readonly tls: TlsConfiguration | KeptTlsConfiguration;
      }
    /** `mode`: the permissions of the socket file; its owner alone unless given. */
    | { readonly kind: 'unix'; readonly path: string; readonly mode?: number }
  );

export type ListenerKind = ListenerConfiguration['kind'];

interface ListenerTermsConfiguration {
  /** `listeners[1]`, where the listener is one of a list; its settings are then named with it. */
  readonly place?: string;
  /** Open at once, 1 or more; as many as the broker takes, unless given. */
  readonly maxConnections?: number;
  /** Whether a client without a user name is let in; by default exactly when there are no users. */
  readonly anonymous?: boolean;
}

/** Files in PEM. */
export interface TlsConfiguration {
  readonly cert: string;
  readonly key: string;
  readonly ca?: string;
  /** Other than `none` only together with `ca`. */
  readonly clientCertificate: ClientCertificate;
  /** Only together with a `clientCertificate` other than `none`. */
  readonly commonNameAsUser: boolean;
  readonly minTlsVersion: TlsVersion;
}

/** The certificate is in no file: it comes from where keys are kept, when the broker opens. */
export type KeptTlsConfiguration = Omit<TlsConfiguration, 'cert' | 'key' | 'ca'> & { readonly isKept: true };

/** A setting of a listener that can turn out to be wrong only when it is used. */
export type ListenerField = 'host' | 'port' | 'path' | 'cert' | 'key' | 'ca' | 'anonymous';

const flatPorts: Readonly<Record<ListenerKind, string>> = {
  mqtt: 'port',
  ws: 'wsPort',
  mqtts: 'tlsPort',
  wss: 'wssPort',
  unix: 'unix',
};

/** The setting that a field of a listener was written down as: `tlsPort`, or `listeners[1].port`. */
export function settingOf({ kind, place }: ListenerConfiguration, field: ListenerField): string {
  if (place !== undefined) return `${place}.${field}`;
  return field === 'port' || field === 'path' ? flatPorts[kind] : field;
}
