/**
 * A broker from its configuration: access policy, certificates, persistence, broker, listeners, in this order; or
 * none of it, and which setting is to blame.
 *
 * Headless: the command line and the engine of the editor both open theirs here. Files that can be wrong are read
 * before a store is opened, and ports come last: once a client can connect, everything is there.
 */

import { hostname } from 'node:os';
import { type Clock, systemClock } from '../base/clock.ts';
import { messageOf } from '../base/messageOf.ts';
import { type Credentials, createCredentialsPolicy } from '../broker/access/credentialsPolicy.ts';
import { loadFilePolicy } from '../broker/access/filePolicy.ts';
import { withOwner } from '../broker/access/ownerPolicy.ts';
import type { AccessPolicy } from '../broker/accessPolicy.ts';
import { Broker, type BrokerOptions } from '../broker/broker.ts';
import { type BrokerLimits, defaultLimits, withLimits } from '../broker/limits.ts';
import type { BrokerObserver } from '../broker/observer.ts';
import type { Persistence } from '../broker/persistence.ts';
import {
  type BrokerConfiguration,
  type ListenerConfiguration,
  settingOf,
} from '../configuration/brokerConfiguration.ts';
import { readTlsFiles } from '../configuration/tlsFiles.ts';
import { type AnnounceOptions, announce } from '../discovery/announcement.ts';
import type { Service } from '../discovery/records.ts';
import { type FaultLog, Faults } from '../faults/faults.ts';
import { ReasonCode } from '../mqtt/reasonCodes.ts';
import { type OpenPersistenceResult, openPersistence as openSqlite } from '../persistence/openPersistence.ts';
import type { Listener, ListenerOptions, ListenResult } from '../transports/listener.ts';
import { type Network, systemNetwork } from './network.ts';
import { describeOpenBrokerFailure, type OpenBrokerFailure } from './openBrokerFailure.ts';

/** What is not configuration; all optional. */
export interface BrokerSurroundings {
  /** One user for everyone, out of a safe place. Not together with a file of users. */
  credentials?: Credentials;
  /** One user more, who may do everything: whose broker it is. */
  owner?: Credentials;
  /** PEM, for a listener whose certificate is in no file. `authority` signs certificates of clients. */
  keptCertificate?: { certificate: string; key: string; authority: string };
  /** A store that is open already, in place of the folder that the configuration names. The broker closes it. */
  persistence?: Persistence;
  /** How the folder that the configuration names becomes a store: a SQLite file, unless given. */
  openPersistence?: (folder: string) => OpenPersistenceResult;
  observer?: BrokerObserver;
  /** A connection ended before it spoke MQTT: one sentence, for the log. */
  onRefused?(remoteAddress: string, message: string): void;
  /** A fault that is on did something, or came or went: for the log. */
  onFault?: FaultLog;
  /** How the announcement of the broker goes, one sentence each: for the log. */
  onAnnouncement?: AnnounceOptions['log'];
  /** The name that the broker is found as by multicast DNS from now on; undefined: it is not found any more. */
  onAnnouncedAs?: AnnounceOptions['onNamed'];
  /** Clients that faults leave alone; nobody, unless given. */
  isExemptFromFaults?(clientId: string): boolean;
  clock?: Clock;
  network?: Network;
  /** Of the program, for `$SYS/broker/version`. */
  version?: string;
}

export interface OpenBroker {
  readonly broker: Broker;
  /** In the order of the configuration. */
  readonly listeners: readonly Listener[];
  /** What goes wrong on purpose: nothing, unless it is configured or started. */
  readonly faults: Faults;
  /** Sentences for a person: what is not as it may seem. */
  readonly notices: readonly string[];
  /**
   * PEM, in place of the kept certificate: for who connects from now on, also after the listeners were closed for a
   * while. Throws when it or its key can't be used. Does nothing where no listener has a kept one.
   */
  setKeptCertificate(certificate: string, key: string): void;
  /** Closes the listeners, then disconnects every client (see Broker.stop), then closes the store. */
  stop(): Promise<void>;
}

export type OpenBrokerResult = { kind: 'opened'; opened: OpenBroker } | OpenBrokerFailure;

/** Resolves when every listener accepts connections, or with what failed: nothing is left open then. */
export async function openBroker(
  configuration: BrokerConfiguration,
  surroundings: BrokerSurroundings = {},
): Promise<OpenBrokerResult> {
  const { clock = systemClock, network = systemNetwork, observer, version } = surroundings;
  const limits = limitsOf(configuration);
  if (limits.kind !== 'limits') return limits;
  const access = await loadPolicy(configuration, surroundings);
  if (access.kind !== 'policy') return access;
  const prepared = await prepareListeners(configuration, surroundings, limits.limits);
  if (prepared.kind !== 'prepared') return prepared;
  const store = openStore(configuration, surroundings);
  if (store.kind !== 'store') return store;

  const { persistence, notices } = store;
  let broker: Broker;
  try {
    broker = new Broker({
      limits: limits.limits,
      policy: access.policy,
      clock,
      ...brokerOptionsOf(configuration),
      ...(version !== undefined && { version: `MQTT Workbench version ${version}` }),
      ...(observer !== undefined && { observer }),
      ...(persistence !== undefined && { persistence }),
    });
  } catch (error) {
    // Limits are right by now: what is left is a store that can't be read.
    if (persistence === undefined) throw error;
    return failed('persist', configuration.persist, messageOf(error));
  }
  const { onRefused, onFault, isExemptFromFaults } = surroundings;
  const listeners: Listener[] = [];
  const kept = configuration.listeners.findIndex(hasKeptCertificate);
  /** The options of the start have the one before it. */
  let renewed: { certificate: string; key: string } | undefined;
  const setKeptCertificate = (certificate: string, key: string): void => {
    const listener = listeners[kept];
    if (listener === undefined) return;
    listener.setCertificate(certificate, key);
    renewed = { certificate, key };
  };
  const close = async (): Promise<void> => {
    await Promise.all(listeners.map((listener) => listener.close()));
  };
  const open = (options: ListenerOptions): Promise<ListenResult> =>
    network.listen(options, (transport) => broker.accept(transport), {
      clock,
      ...(onRefused !== undefined && { onRefused }),
    });
  const reopen = async (): Promise<void> => {
    for (const [i, { listener, options }] of prepared.listeners.entries()) {
      const result = await open(onSamePort(options, listeners[i]));
      if (result.kind === 'listening') {
        listeners[i] = result.listener;
        if (i === kept && renewed !== undefined)
          result.listener.setCertificate(renewed.certificate, renewed.key);
      } else {
        await close();
        const failure = await listenFailure(listener, result, network);
        throw new Error(describeOpenBrokerFailure(failure, `"${failure.setting}"`));
      }
    }
  };
  const faults = new Faults({
    broker,
    clock,
    random: Math.random,
    log: onFault ?? (() => {}),
    isExempt: isExemptFromFaults ?? (() => false),
    ports: { close, reopen },
  });
  let announcement: ReturnType<typeof announce> | undefined;
  const stop = async (): Promise<void> => {
    await announcement?.stop();
    faults.dispose();
    await faults.settled();
    await close();
    await broker.stop();
  };
  for (const { listener, options } of prepared.listeners) {
    const result = await open(options);
    if (result.kind !== 'listening') {
      await stop();
      return listenFailure(listener, result, network);
    }
    listeners.push(result.listener);
  }
  if (configuration.announce === true) {
    announcement = announce({
      services: servicesOf(listeners),
      clock,
      hostName: hostname(),
      interfaces: network.interfaces,
      openLink: network.openMulticastLink,
      log: surroundings.onAnnouncement ?? (() => {}),
      onNamed: surroundings.onAnnouncedAs ?? (() => {}),
    });
  }
  if (configuration.faults !== undefined) {
    const { rules, seed } = configuration.faults;
    faults.start(rules, { ...(seed !== undefined && { seed }) });
  }
  return { kind: 'opened', opened: { broker, listeners, faults, notices, setKeptCertificate, stop } };
}

/** Its certificate is in no file. */
export function hasKeptCertificate(listener: ListenerConfiguration): boolean {
  return 'tls' in listener && 'isKept' in listener.tls;
}

/** WebSocket has no registered type, and a Unix socket is on no network. */
function servicesOf(listeners: readonly Listener[]): Service[] {
  return listeners.flatMap(({ info: { kind, host, port } }) => {
    if (kind !== 'mqtt' && kind !== 'mqtts') return [];
    return [{ type: kind === 'mqtt' ? '_mqtt._tcp' : '_secure-mqtt._tcp', host, port }];
  });
}

/** A port of 0 has become one, and clients know that one by now. */
function onSamePort(options: ListenerOptions, listener: Listener | undefined): ListenerOptions {
  if (options.kind === 'unix' || listener === undefined) return options;
  return { ...options, port: listener.info.port };
}

function brokerOptionsOf(configuration: BrokerConfiguration): BrokerOptions {
  const { checkPayloadFormat, responseInformation, useAnotherServer, serverMoved } = configuration;
  const serverReference = useAnotherServer ?? serverMoved;
  const reasonCode = serverMoved === undefined ? ReasonCode.useAnotherServer : ReasonCode.serverMoved;
  return {
    ...(checkPayloadFormat !== undefined && { checkPayloadFormat }),
    ...(responseInformation !== undefined && { responseInformation }),
    ...(serverReference !== undefined && { redirect: { reasonCode, serverReference } }),
  };
}

function limitsOf(
  configuration: BrokerConfiguration,
): { kind: 'limits'; limits: BrokerLimits } | OpenBrokerFailure {
  try {
    return { kind: 'limits', limits: withLimits(defaultLimits, configuration.limits) };
  } catch (error) {
    if (error instanceof RangeError) return failed('limits', undefined, error.message);
    throw error;
  }
}

async function loadPolicy(
  { users, acl }: BrokerConfiguration,
  { credentials, owner }: BrokerSurroundings,
): Promise<{ kind: 'policy'; policy: AccessPolicy } | OpenBrokerFailure> {
  if (users !== undefined && credentials !== undefined)
    return failed('users', users, 'a user name and password are given too: use one of the two');
  const loaded = await loadFilePolicy({
    ...(users !== undefined && { users }),
    ...(acl !== undefined && { rules: acl }),
  });
  if (loaded.kind === 'fileProblem') {
    const { file, line, message } = loaded;
    const where = line === undefined ? file : `${file}:${line}`;
    return failed(file === users ? 'users' : 'acl', where, message);
  }
  const policy =
    credentials === undefined ? loaded.policy : { ...loaded.policy, ...authenticationOf(credentials) };
  return { kind: 'policy', policy: owner === undefined ? policy : withOwner(policy, owner) };
}

/** Who the client is comes from the credentials, what it may do from the rules. */
function authenticationOf(
  credentials: Credentials,
): Pick<AccessPolicy, 'authenticate' | 'authenticationMethods'> {
  const { authenticate, authenticationMethods } = createCredentialsPolicy(credentials);
  return { authenticate, ...(authenticationMethods !== undefined && { authenticationMethods }) };
}

interface PreparedListener {
  readonly listener: ListenerConfiguration;
  readonly options: ListenerOptions;
}

async function prepareListeners(
  configuration: BrokerConfiguration,
  { credentials, owner, keptCertificate }: BrokerSurroundings,
  { maxPacketBytes }: BrokerLimits,
): Promise<{ kind: 'prepared'; listeners: readonly PreparedListener[] } | OpenBrokerFailure> {
  const hasUsers = (configuration.users ?? credentials ?? owner) !== undefined;
  const listeners: PreparedListener[] = [];
  for (const listener of configuration.listeners) {
    if (listener.anonymous === false && !hasUsers && !namesEveryone(listener)) {
      const message = 'there are no users, so that nobody could come in: name a file of users too';
      return failed(settingOf(listener, 'anonymous'), undefined, message);
    }
    const result = await optionsOf(listener, maxPacketBytes, keptCertificate);
    if (result.kind === 'failed') return result;
    listeners.push({ listener, options: result.options });
  }
  return { kind: 'prepared', listeners };
}

/** Nobody comes in without a certificate, and its common name is the user. */
function namesEveryone(listener: ListenerConfiguration): boolean {
  return 'tls' in listener && listener.tls.clientCertificate === 'required' && listener.tls.commonNameAsUser;
}

async function optionsOf(
  listener: ListenerConfiguration,
  maxMessageBytes: number,
  keptCertificate: BrokerSurroundings['keptCertificate'],
): Promise<{ kind: 'options'; options: ListenerOptions } | Extract<OpenBrokerFailure, { kind: 'failed' }>> {
  const { maxConnections, anonymous } = listener;
  const terms = {
    ...(maxConnections !== undefined && { maxConnections }),
    ...(anonymous !== undefined && { allowsAnonymous: anonymous }),
  };
  switch (listener.kind) {
    case 'unix': {
      const { kind, path, mode } = listener;
      const options = { kind, path, ...(mode !== undefined && { mode }), ...terms };
      return { kind: 'options', options };
    }
    case 'mqtt':
    case 'ws': {
      const { kind, host, port } = listener;
      return { kind: 'options', options: { kind, host, port, maxMessageBytes, ...terms } };
    }
    case 'mqtts':
    case 'wss': {
      const { kind, host, port } = listener;
      if ('isKept' in listener.tls) {
        if (keptCertificate === undefined)
          throw new Error('a listener with a certificate that is kept needs one');
        const { certificate: cert, key, authority: ca } = keptCertificate;
        const { clientCertificate, commonNameAsUser, minTlsVersion } = listener.tls;
        const tls = { cert, key, ca, clientCertificate, commonNameAsUser, minTlsVersion };
        return { kind: 'options', options: { kind, host, port, tls, maxMessageBytes, ...terms } };
      }
      const files = await readTlsFiles(listener.tls);
      if (files.kind !== 'tls') return failed(settingOf(listener, files.field), files.file, files.message);
      return { kind: 'options', options: { kind, host, port, tls: files.tls, maxMessageBytes, ...terms } };
    }
  }
}

function openStore(
  { persist }: BrokerConfiguration,
  { persistence, openPersistence = openSqlite }: BrokerSurroundings,
): { kind: 'store'; persistence: Persistence | undefined; notices: readonly string[] } | OpenBrokerFailure {
  if (persist === undefined || persistence !== undefined) return { kind: 'store', persistence, notices: [] };
  const result = openPersistence(persist);
  // The message names the file.
  if (result.kind === 'failed') return failed('persist', undefined, result.message);
  const { notice } = result;
  return { kind: 'store', persistence: result.persistence, notices: notice === undefined ? [] : [notice] };
}

async function listenFailure(
  listener: ListenerConfiguration,
  result: Exclude<ListenResult, { kind: 'listening' }>,
  network: Network,
): Promise<OpenBrokerFailure> {
  if (listener.kind === 'unix')
    return failed(settingOf(listener, 'path'), listener.path, whyNoSocket(result));
  const setting = settingOf(listener, 'port');
  switch (result.kind) {
    case 'portInUse': {
      const { host, port } = result;
      const [owner, freePort] = await Promise.all([
        network.findPortOwner(port),
        network.findFreePort(host, port),
      ]);
      return { kind: 'portInUse', setting, host, port, ...(owner !== undefined && { owner }), freePort };
    }
    case 'notPermitted':
      return { ...result, setting };
    case 'addressNotAvailable':
      return { ...result, setting: settingOf(listener, 'host') };
    case 'failed':
      return failed(setting, undefined, result.message);
  }
}

function whyNoSocket(result: Exclude<ListenResult, { kind: 'listening' }>): string {
  switch (result.kind) {
    case 'portInUse':
      return 'another listener is at this path; stop it, or use another path';
    case 'notPermitted':
      return 'this user may not put a socket there';
    case 'addressNotAvailable':
      return 'this is no path for a socket';
    case 'failed':
      return result.message;
  }
}

function failed(
  setting: string,
  value: string | undefined,
  message: string,
): Extract<OpenBrokerFailure, { kind: 'failed' }> {
  return { kind: 'failed', setting, ...(value !== undefined && { value }), message };
}
