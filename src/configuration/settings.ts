/**
 * Everything that can be set, one by one: what a configuration file and the flags of the command line say, before it
 * is known whether it fits together.
 *
 * The flat names describe at most one listener of each kind, all on one host; `listeners` any number.
 */
import { type BrokerLimits, checkLimit, limitNames } from '../broker/limits.ts';
import type { ClientCertificate, TlsVersion } from '../transports/tlsOptions.ts';
import type { FaultConfiguration, ListenerConfiguration } from './brokerConfiguration.ts';
import { type FieldTable, host, oneOf, path, port, text, trueOrFalse } from './fields.ts';

export interface Settings {
  host?: string;
  port?: number;
  wsPort?: number;
  tlsPort?: number;
  wssPort?: number;
  unix?: string;
  cert?: string;
  key?: string;
  ca?: string;
  /** The older word for a `clientCertificate` that is `required`. */
  requireClientCert?: boolean;
  clientCertificate?: ClientCertificate;
  commonNameAsUser?: boolean;
  minTlsVersion?: TlsVersion;
  listeners?: readonly ListenerConfiguration[];
  limits?: Partial<BrokerLimits>;
  users?: string;
  acl?: string;
  persist?: string;
  checkPayloadFormat?: boolean;
  responseInformation?: string;
  useAnotherServer?: string;
  serverMoved?: string;
  announce?: boolean;
  faults?: FaultConfiguration;
  /** For the command line alone: whether it says in JSON where the broker listens. */
  json?: boolean;
}

export type SettingName = keyof Settings;

/** A setting that is not an object or a list. */
export type PlainSettingName = Exclude<SettingName, 'listeners' | 'limits' | 'faults'>;

export const clientCertificate = oneOf(['none', 'optional', 'required']);
export const minTlsVersion = oneOf(['1.2', '1.3']);

export const plainSettings: FieldTable<PlainSettingName> = {
  port,
  host,
  wsPort: port,
  tlsPort: port,
  wssPort: port,
  unix: path,
  cert: path,
  key: path,
  ca: path,
  requireClientCert: trueOrFalse,
  clientCertificate,
  commonNameAsUser: trueOrFalse,
  minTlsVersion,
  users: path,
  acl: path,
  persist: path,
  checkPayloadFormat: trueOrFalse,
  responseInformation: text,
  useAnotherServer: text,
  serverMoved: text,
  announce: trueOrFalse,
  json: trueOrFalse,
};

export const limitFields = Object.fromEntries(
  limitNames.map((name) => [name, { check: (value: unknown) => checkLimit(name, value) }]),
) as FieldTable<keyof BrokerLimits>; // one for each name

/** Two words for one thing: who says one has said the other. */
const certificateWords = ['requireClientCert', 'clientCertificate'] as const;

/** What `above` says wins, limit by limit. */
export function overlay(below: Settings, above: Settings): Settings {
  const settings = { ...below };
  if (certificateWords.some((name) => above[name] !== undefined))
    for (const name of certificateWords) delete settings[name];
  Object.assign(settings, above);
  if (below.limits !== undefined) settings.limits = { ...below.limits, ...above.limits };
  return settings;
}
