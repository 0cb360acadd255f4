/** One object of `listeners`: which fields a listener of its kind has, needs, and may not have. */
import type { ClientCertificate, TlsVersion } from '../transports/tlsOptions.ts';
import type { ListenerConfiguration, ListenerKind } from './brokerConfiguration.ts';
import type { ConfigurationProblem } from './configurationProblem.ts';
import {
  count,
  type FieldTable,
  host,
  oneOf,
  type Place,
  path,
  permissions,
  port,
  problemAt,
  readFields,
  say,
  trueOrFalse,
} from './fields.ts';
import { clientCertificate, minTlsVersion } from './settings.ts';
import { tlsConfigurationOf } from './tlsConfiguration.ts';

interface ListenerObject {
  kind: ListenerKind;
  host: string;
  port: number;
  path: string;
  mode: string;
  cert: string;
  key: string;
  ca: string;
  clientCertificate: ClientCertificate;
  commonNameAsUser: boolean;
  minTlsVersion: TlsVersion;
  maxConnections: number;
  anonymous: boolean;
}

const kinds: readonly ListenerKind[] = ['mqtt', 'mqtts', 'ws', 'wss', 'unix'];

const fields: FieldTable<keyof ListenerObject> = {
  kind: oneOf(kinds),
  host,
  port,
  path,
  mode: permissions,
  cert: path,
  key: path,
  ca: path,
  clientCertificate,
  commonNameAsUser: trueOrFalse,
  minTlsVersion,
  maxConnections: count,
  anonymous: trueOrFalse,
};

const network = ['mqtt', 'mqtts', 'ws', 'wss'] as const;
const secure = ['mqtts', 'wss'] as const;

/** Fields that not every kind of listener has. */
const kindsOfField: Partial<Record<keyof ListenerObject, readonly ListenerKind[]>> = {
  host: network,
  port: network,
  path: ['unix'],
  mode: ['unix'],
  cert: secure,
  key: secure,
  ca: secure,
  clientCertificate: secure,
  commonNameAsUser: secure,
  minTlsVersion: secure,
};

/** As the flat settings have it: this machine alone. */
export const DEFAULT_HOST = '127.0.0.1';

export type ListenerResult =
  | { readonly kind: 'listener'; readonly listener: ListenerConfiguration }
  | ConfigurationProblem;

export function readListener(value: unknown, place: Place): ListenerResult {
  const read = readFields<ListenerObject>(value, fields, place);
  if (read.kind !== 'fields') return read;
  const { kind } = read.values;
  if (kind === undefined)
    return problemAt(
      place,
      place.setting,
      `${say(place.setting)} needs "kind": ${kinds.map(say).join(', ')}`,
    );
  for (const name of Object.keys(read.values)) {
    const allowed = kindsOfField[name as keyof ListenerObject]; // the table of fields knows it
    if (allowed === undefined || allowed.includes(kind)) continue;
    const setting = `${place.setting}.${name}`;
    return problemAt(
      place,
      setting,
      `${say(setting)} is for ${allowed.join(' and ')}, and this listener is ${kind}`,
    );
  }
  return listenerOf(kind, read.values, place);
}

function listenerOf(kind: ListenerKind, object: Partial<ListenerObject>, place: Place): ListenerResult {
  const { host = DEFAULT_HOST, port, path, mode, maxConnections, anonymous } = object;
  const terms = {
    place: place.setting,
    ...(maxConnections !== undefined && { maxConnections }),
    ...(anonymous !== undefined && { anonymous }),
  };
  if (kind === 'unix') {
    if (path === undefined) return lacks(place, kind, 'path');
    const permissions = mode === undefined ? {} : { mode: Number.parseInt(mode, 8) };
    return { kind: 'listener', listener: { kind, path, ...permissions, ...terms } };
  }
  if (port === undefined) return lacks(place, kind, 'port');
  if (kind === 'mqtt' || kind === 'ws') return { kind: 'listener', listener: { kind, host, port, ...terms } };
  const result = tlsConfigurationOf(object, say(place.setting), (name) => say(`${place.setting}.${name}`));
  if (result.kind === 'tls')
    return { kind: 'listener', listener: { kind, host, port, tls: result.tls, ...terms } };
  const setting = result.name === undefined ? place.setting : `${place.setting}.${result.name}`;
  return problemAt(place, setting, result.message);
}

function lacks(place: Place, kind: ListenerKind, name: keyof ListenerObject): ConfigurationProblem {
  return problemAt(place, place.setting, `${say(place.setting)} is ${kind}, and needs ${say(name)}`);
}
