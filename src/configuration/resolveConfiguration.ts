/**
 * Settings into a configuration: what is said by itself is right by now, and is held against the rest.
 *
 * Whoever wrote the settings reads the messages, so that the names in them are the writer's: a flag, or a place in a
 * file.
 */
import type { BrokerConfiguration, ListenerConfiguration, TlsConfiguration } from './brokerConfiguration.ts';
import { settingOf } from './brokerConfiguration.ts';
import { readConfigurationFile } from './configurationFile.ts';
import type { ConfigurationProblem } from './configurationProblem.ts';
import { say } from './fields.ts';
import { DEFAULT_HOST } from './listenerObject.ts';
import type { SettingName, Settings } from './settings.ts';
import { type TlsSettings, tlsConfigurationOf } from './tlsConfiguration.ts';

export type ConfigurationResult =
  | { readonly kind: 'configuration'; readonly configuration: BrokerConfiguration }
  | ConfigurationProblem;

/** How a setting, as `tlsPort` or `listeners[1].port`, is called where it was written down. */
export type NameSetting = (setting: string) => string;

const DEFAULT_PORT = 1883;

const tlsSettings = [
  'cert',
  'key',
  'ca',
  'requireClientCert',
  'clientCertificate',
  'commonNameAsUser',
  'minTlsVersion',
] as const;

/** What says where to listen by itself, and not in a list. */
const flatListenerSettings: readonly SettingName[] = [
  ...(['host', 'port', 'wsPort', 'tlsPort', 'wssPort', 'unix'] as const),
  ...tlsSettings,
];

/** A file and nothing else. */
export async function loadConfiguration(file: string): Promise<ConfigurationResult> {
  const read = await readConfigurationFile(file);
  if (read.kind !== 'settings') return read;
  const result = resolveConfiguration(read.settings);
  return result.kind === 'configuration' ? result : { ...result, file };
}

export function resolveConfiguration(settings: Settings, nameOf: NameSetting = say): ConfigurationResult {
  const result =
    settings.listeners === undefined ? flatListeners(settings, nameOf) : listedOnly(settings, nameOf);
  if (result.kind !== 'listeners') return result;
  const { listeners } = result;
  const twins = samePort(listeners, nameOf);
  if (twins !== undefined) return twins;
  const { users, acl, persist, limits = {}, checkPayloadFormat, responseInformation } = settings;
  const { useAnotherServer, serverMoved, announce, faults } = settings;
  if (useAnotherServer !== undefined && serverMoved !== undefined) {
    const names = `${nameOf('useAnotherServer')} and ${nameOf('serverMoved')}`;
    return problem(
      'serverMoved',
      `${names} can't be used together: a client is sent elsewhere for now or for good`,
    );
  }
  return {
    kind: 'configuration',
    configuration: {
      listeners,
      limits,
      ...(users !== undefined && { users }),
      ...(acl !== undefined && { acl }),
      ...(persist !== undefined && { persist }),
      ...(checkPayloadFormat !== undefined && { checkPayloadFormat }),
      ...(responseInformation !== undefined && { responseInformation }),
      ...(useAnotherServer !== undefined && { useAnotherServer }),
      ...(serverMoved !== undefined && { serverMoved }),
      ...(announce !== undefined && { announce }),
      ...(faults !== undefined && { faults }),
    },
  };
}

type Listeners =
  | { readonly kind: 'listeners'; readonly listeners: readonly ListenerConfiguration[] }
  | ConfigurationProblem;

function listedOnly(settings: Settings, nameOf: NameSetting): Listeners {
  const other = flatListenerSettings.find((name) => settings[name] !== undefined);
  if (other === undefined) return { kind: 'listeners', listeners: settings.listeners ?? [] };
  const message = `${nameOf(other)} can't be used together with ${nameOf('listeners')}: each listener of the list says its own`;
  return problem(other, message);
}

function flatListeners(settings: Settings, nameOf: NameSetting): Listeners {
  const { host = DEFAULT_HOST, port = DEFAULT_PORT, wsPort, tlsPort, wssPort, unix } = settings;
  const listeners: ListenerConfiguration[] = [{ kind: 'mqtt', host, port }];
  if (wsPort !== undefined) listeners.push({ kind: 'ws', host, port: wsPort });
  if (tlsPort !== undefined || wssPort !== undefined) {
    const result = flatTls(settings, tlsPort === undefined ? 'wssPort' : 'tlsPort', nameOf);
    if (result.kind !== 'tls') return result;
    const { tls } = result;
    if (tlsPort !== undefined) listeners.push({ kind: 'mqtts', host, port: tlsPort, tls });
    if (wssPort !== undefined) listeners.push({ kind: 'wss', host, port: wssPort, tls });
  } else {
    const idle = tlsSettings.find((name) => settings[name] !== undefined && settings[name] !== false);
    if (idle !== undefined)
      return problem(
        idle,
        `${nameOf(idle)} is for TLS, and needs ${nameOf('tlsPort')} or ${nameOf('wssPort')}`,
      );
  }
  if (unix !== undefined) listeners.push({ kind: 'unix', path: unix });
  return { kind: 'listeners', listeners };
}

function flatTls(
  settings: Settings,
  listener: 'tlsPort' | 'wssPort',
  nameOf: NameSetting,
): { kind: 'tls'; tls: TlsConfiguration } | ConfigurationProblem {
  const { requireClientCert, clientCertificate } = settings;
  const isOldWord = requireClientCert === true;
  if (isOldWord && clientCertificate !== undefined && clientCertificate !== 'required') {
    const message = `${nameOf('requireClientCert')} can't be used together with ${nameOf('clientCertificate')} ${clientCertificate}`;
    return problem('requireClientCert', message);
  }
  const words: TlsSettings = isOldWord ? { ...settings, clientCertificate: 'required' } : settings;
  const settingName = (name: string): string =>
    isOldWord && name === 'clientCertificate' ? 'requireClientCert' : name;
  const result = tlsConfigurationOf(words, nameOf(listener), (name) => nameOf(settingName(name)));
  if (result.kind === 'tls') return result;
  return problem(result.name === undefined ? listener : settingName(result.name), result.message);
}

/** Two listeners on one port. Of addresses that overlap, as 0.0.0.0 and 127.0.0.1, the system knows better. */
function samePort(
  listeners: readonly ListenerConfiguration[],
  nameOf: NameSetting,
): ConfigurationProblem | undefined {
  const taken = new Map<string, ListenerConfiguration>();
  for (const listener of listeners) {
    if (listener.kind === 'unix' || listener.port === 0) continue;
    const address = `${listener.host} ${listener.port}`;
    const twin = taken.get(address);
    if (twin !== undefined) {
      const names = `${nameOf(settingOf(twin, 'port'))} and ${nameOf(settingOf(listener, 'port'))}`;
      const message = `${names} are both ${listener.port}: each listener needs a port of its own`;
      return problem(settingOf(listener, 'port'), message);
    }
    taken.set(address, listener);
  }
  return undefined;
}

function problem(setting: string, message: string): ConfigurationProblem {
  return { kind: 'configurationProblem', setting, message };
}
