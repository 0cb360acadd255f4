/**
 * What the editor's broker is configured to: the settings, over them the configuration file, over both what the person
 * chose until the broker stops.
 *
 * A file that lets others on the network connect is not followed before the person has agreed: it may have come with a
 * repository.
 */
import { hostAndPort, isLoopback } from '../base/networkAddress.ts';
import type { BrokerLimits } from '../broker/limits.ts';
import type {
  BrokerConfiguration,
  ListenerConfiguration,
  ListenerKind,
} from '../configuration/brokerConfiguration.ts';
import { readConfigurationFile } from '../configuration/configurationFile.ts';
import type { ConfigurationProblem } from '../configuration/configurationProblem.ts';
import { resolveConfiguration } from '../configuration/resolveConfiguration.ts';
import { overlay, type Settings } from '../configuration/settings.ts';
import type { LaunchChoices, ServerTls, StartBrokerParams, StartBrokerResult } from '../contracts/engine.ts';

export interface EffectiveConfiguration {
  readonly kind: 'configuration';
  readonly configuration: BrokerConfiguration;
  /** Of the main listener, before a choice; 0 where it has none. */
  readonly configuredPort: number;
  /** Whether everyone who reaches it over the network has to prove who they are. */
  readonly requiresCredentials: boolean;
  /** What the file says of limits. */
  readonly fileLimits: Readonly<Partial<BrokerLimits>>;
}

type Refusal = Extract<StartBrokerResult, { kind: 'configurationProblem' | 'wouldExpose' }>;

export async function effectiveConfiguration(
  params: StartBrokerParams,
): Promise<EffectiveConfiguration | Refusal> {
  const { configFile, tls, choices = {} } = params;
  const read =
    configFile === undefined
      ? { kind: 'settings' as const, settings: {} }
      : await readConfigurationFile(configFile);
  if (read.kind === 'configurationProblem') return problemIn(configFile, read);
  const resolved = resolveConfiguration(overlay(settingsOf(params, read.settings), read.settings));
  if (resolved.kind === 'configurationProblem') return problemIn(configFile, resolved);

  const configured = resolved.configuration;
  const main = mainOf(configured.listeners);
  const configuredPort = main === undefined ? 0 : main.port;
  // A file that has TLS says all of it.
  const hasTls = configured.listeners.some(({ kind }) => kind === 'mqtts');
  const own = tls === undefined || hasTls ? [] : [ownTlsListener(tls, main?.host ?? params.host, choices)];
  const listeners = [...configured.listeners, ...own].map((listener) =>
    chosen(listener, listener === main, choices),
  );
  const configuration = { ...configured, listeners };
  const exposed = listeners.filter(isExposed);
  const hasUsers = configuration.users !== undefined || choices.credentials !== undefined;
  const requiresCredentials = (exposed.length > 0 ? exposed : listeners).every((listener) =>
    asksWhoComes(listener, hasUsers),
  );
  if (configFile !== undefined && exposed.length > 0 && choices.mayExpose !== true) {
    const addresses = exposed.map(({ host, port }) => hostAndPort(host, port));
    return { kind: 'wouldExpose', file: configFile, addresses, requiresCredentials };
  }
  const fileLimits = read.settings.limits ?? {};
  return { kind: 'configuration', configuration, configuredPort, requiresCredentials, fileLimits };
}

/** The listener that a board connects to: the first of plain MQTT, else the first with a port. */
export function mainOf<Listener extends { readonly kind: ListenerKind }>(
  listeners: readonly Listener[],
): Exclude<Listener, { kind: 'unix' }> | undefined {
  const network = listeners.filter(isNetwork);
  return network.find((listener) => listener.kind === 'mqtt') ?? network[0];
}

/** A list of listeners says all of where to listen; else host and port are the settings', unless the file has its own. */
function settingsOf({ host, port, limits, announce }: StartBrokerParams, file: Settings): Settings {
  const { maxPacketBytes, maxConnections } = limits;
  const where = file.listeners === undefined ? { host, port } : {};
  const limited = { ...where, limits: { maxPacketBytes, maxConnections } };
  return announce === undefined ? limited : { ...limited, announce };
}

function chosen(
  listener: ListenerConfiguration,
  isMain: boolean,
  { host, port }: LaunchChoices,
): ListenerConfiguration {
  if (!isNetwork(listener)) return listener;
  const use = isMain && port?.insteadOf === listener.port ? port.use : listener.port;
  return { ...listener, host: host ?? listener.host, port: use };
}

/** Whoever the CA of the workbench has signed for needs no password: its certificate says who it is. */
function ownTlsListener(
  { port, clientCertificate }: ServerTls,
  host: string,
  { tlsPort }: LaunchChoices,
): ListenerConfiguration {
  const commonNameAsUser = clientCertificate !== 'none';
  const tls = { isKept: true, clientCertificate, commonNameAsUser, minTlsVersion: '1.2' } as const;
  return { kind: 'mqtts', host, port: tlsPort?.insteadOf === port ? tlsPort.use : port, tls };
}

function isNetwork<Listener extends { readonly kind: ListenerKind }>(
  listener: Listener,
): listener is Exclude<Listener, { kind: 'unix' }> {
  return listener.kind !== 'unix';
}

function isExposed(
  listener: ListenerConfiguration,
): listener is Exclude<ListenerConfiguration, { kind: 'unix' }> {
  return isNetwork(listener) && !isLoopback(listener.host);
}

function asksWhoComes(listener: ListenerConfiguration, hasUsers: boolean): boolean {
  if ('tls' in listener && listener.tls.clientCertificate === 'required') return true;
  return hasUsers && listener.anonymous !== true;
}

function problemIn(
  configFile: string | undefined,
  { message, line, column }: ConfigurationProblem,
): Extract<StartBrokerResult, { kind: 'configurationProblem' }> {
  return {
    kind: 'configurationProblem',
    file: configFile ?? '',
    ...(line !== undefined && { line }),
    ...(column !== undefined && { column }),
    message,
  };
}
