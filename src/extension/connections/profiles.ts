/**
 * The setting `mqttWorkbench.connections`, read: each entry becomes a profile, or faults that name it and its field.
 *
 * Pure. What is left out has its default; what is wrong takes the whole profile out, because half of one would connect to
 * something else than was meant. Nothing secret is here: a password has no field, and a header with a token, or the content of
 * a certificate or key, none but `{secret}`.
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { isSecretName, needsAddressSecret } from '../../contracts/addressSecrets.ts';
import type { SubscribeOptions } from '../../contracts/engine.ts';
import type {
  ConnectPropertyParams,
  ProfileSubscription,
  WhileOffline,
  WillParams,
} from '../../contracts/remoteBrokers.ts';
import { isKeptContent, keptContent, type TlsFileName, tlsFileNames } from '../../contracts/tlsFiles.ts';
import { checkTopicFilter, checkTopicName } from '../../mqtt/topics.ts';
import { checkAddress, checkProxyAddress, isSecure, isUnixSocket } from './connectionAddress.ts';
import {
  type Entry,
  EntryFields,
  type FieldProblem,
  isObject,
  MAX_UINT16,
  MAX_UINT32,
  type ProfileFault,
} from './entryFields.ts';

export type { FieldProblem, ProfileFault } from './entryFields.ts';

export const profileColors = ['red', 'orange', 'yellow', 'green', 'blue', 'purple'] as const;
export type ProfileColor = (typeof profileColors)[number];

export interface ConnectionProfile {
  /** Unique. */
  name: string;
  /** Whose settings it is in. */
  scope: 'user' | 'workspace';
  /** False in a workspace that is not trusted, for what it says: to be shown, and connected to by nothing. */
  isTrusted: boolean;
  /** Checked; without a user. Of a WebSocket, it may have `{secret}` in it. */
  url: string;
  username?: string;
  /** May have `{user}` and `{random}` in it. */
  clientId: string;
  protocolVersion: 3 | 4 | 5;
  cleanStart: boolean;
  sessionExpiryIntervalSeconds?: number;
  keepAliveSeconds: number;
  connectProperties?: ConnectPropertyParams;
  /** May have `{secret}` in their values. */
  headers?: Readonly<Record<string, string>>;
  subprotocol?: string;
  will?: WillParams;
  tls: ProfileTls;
  /** Checked; without a user. */
  proxy?: { url: string; username?: string };
  subscriptions: readonly ProfileSubscription[];
  color?: ProfileColor;
  /** Name of a codicon. */
  icon: string;
  readOnly: boolean;
  confirmPublish: boolean;
  whileOffline: WhileOffline;
  connectOnStart: boolean;
}

/** Files are absolute paths. */
export interface ProfileTls {
  caFile?: string;
  certFile?: string;
  keyFile?: string;
  pkcs12File?: string;
  /** Those that have no file: their contents are secrets. */
  keptFiles?: readonly TlsFileName[];
  alpnProtocols?: readonly string[];
  serverName?: string;
  minVersion?: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';
  trustedFingerprint?: string;
}

/** What the settings hold, as VS Code hands it out. */
export interface RawConnections {
  user: unknown;
  workspace: unknown;
}

export interface ProfileSurroundings {
  /** False: what the workspace says is shown at most. */
  isTrusted: boolean;
  /** Where relative paths start. */
  folder: string | undefined;
  /** Stands for `~`. */
  home: string;
}

export interface ReadProfiles {
  profiles: readonly ConnectionProfile[];
  faults: readonly ProfileFault[];
}

const DEFAULT_CLIENT_ID = 'mqtt-workbench-{random}';
/** Section 2.2.2.2 and 3.8.2.1.2 of MQTT 5.0. */
const MAX_IDENTIFIER = 268_435_455;
const versions: Readonly<Record<string, 3 | 4 | 5>> = { '3.1': 3, '3.1.1': 4, '5.0': 5 };
const tlsVersions: Readonly<Record<string, NonNullable<ProfileTls['minVersion']>>> = {
  '1.0': 'TLSv1',
  '1.1': 'TLSv1.1',
  '1.2': 'TLSv1.2',
  '1.3': 'TLSv1.3',
};
const fields = {
  '': [
    ...['name', 'url', 'username', 'clientId', 'protocolVersion', 'cleanStart', 'sessionExpirySeconds'],
    ...['keepAliveSeconds', 'receiveMaximum', 'maximumPacketSize', 'topicAliasMaximum', 'userProperties'],
    ...[
      'requestResponseInformation',
      'requestProblemInformation',
      'headers',
      'subprotocol',
      'will',
      'tls',
      'proxy',
    ],
    ...['subscriptions', 'color', 'icon', 'readOnly', 'confirmPublish', 'whileOffline', 'connectOnStart'],
  ],
  tls: ['ca', 'certificate', 'key', 'pkcs12', 'alpn', 'serverName', 'minimumVersion', 'fingerprint'],
  proxy: ['url', 'username'],
  will: [
    ...[
      'topic',
      'payload',
      'qos',
      'retain',
      'delaySeconds',
      'payloadFormatIndicator',
      'messageExpirySeconds',
    ],
    ...['contentType', 'responseTopic', 'correlationData', 'userProperties'],
  ],
  subscription: [
    ...['topicFilter', 'qos', 'noLocal', 'retainAsPublished', 'retainHandling', 'subscriptionIdentifier'],
  ],
} as const;

export function readProfiles(raw: RawConnections, surroundings: ProfileSurroundings): ReadProfiles {
  const profiles: ConnectionProfile[] = [];
  const faults: ProfileFault[] = [];
  const readAll = (list: unknown, scope: ConnectionProfile['scope']): void => {
    if (list === undefined) return;
    const isTold = scope === 'user' || surroundings.isTrusted;
    if (!Array.isArray(list)) {
      if (isTold) faults.push({ profile: '', field: '', problem: { kind: 'wrongType', wanted: 'list' } });
      return;
    }
    for (const [i, entry] of list.entries()) {
      const reader = new EntryReader(entry, `#${i + 1}`, surroundings);
      const profile = reader.read(scope);
      if (profile !== undefined && profiles.some(({ name }) => name === profile.name))
        reader.fault('name', { kind: 'nameUsedTwice' });
      // What it got wrong is of no use to anybody, and a message for each would be in its hands.
      if (isTold) faults.push(...reader.faults);
      if (profile !== undefined && reader.faults.length === 0) profiles.push(profile);
    }
  };
  readAll(raw.user, 'user');
  readAll(raw.workspace, 'workspace');
  return { profiles, faults };
}

/**
 * One entry by itself, as a form changes it. `owner`: whose secrets are kept for it, also where it has faults elsewhere.
 *
 * @param takenNames of the other profiles.
 */
export function readEntry(
  entry: unknown,
  scope: ConnectionProfile['scope'],
  takenNames: readonly string[],
  surroundings: ProfileSurroundings,
): {
  profile: ConnectionProfile | undefined;
  owner: SecretOwner | undefined;
  faults: readonly ProfileFault[];
} {
  const reader = new EntryReader(entry, '', surroundings);
  const profile = reader.read(scope);
  if (profile !== undefined && takenNames.includes(profile.name))
    reader.fault('name', { kind: 'nameUsedTwice' });
  const { faults } = reader;
  return { profile: faults.length === 0 ? profile : undefined, owner: profile, faults };
}

/** What the secrets of a profile are kept by. */
export type SecretOwner = Pick<ConnectionProfile, 'name' | 'url' | 'username' | 'proxy'>;

/**
 * Names the secrets of a profile. Where it leads, and through which proxy, is part of it: a workspace that has a profile of the
 * same name gets no password that was given for another host.
 */
export function secretKeyOf({ name, url, username = '', proxy }: SecretOwner): string {
  const way = proxy === undefined ? [] : [proxy.url.toLowerCase(), proxy.username ?? ''];
  const parts = JSON.stringify([name, url.toLowerCase(), username, ...way]);
  return `mqttWorkbench.connection.${createHash('sha256').update(parts).digest('hex')}`;
}

export function clientIdOf(template: string, values: { user: string; random: string }): string {
  return template.replaceAll('{user}', values.user).replaceAll('{random}', values.random);
}

/** Whether `{secret}` is in the request that opens a WebSocket, or in a user property of the CONNECT. */
export function needsRequestSecret({ url, headers = {}, connectProperties }: ConnectionProfile): boolean {
  const values = [
    ...Object.values(headers),
    ...(connectProperties?.userProperties ?? []).map(([, value]) => value),
  ];
  return needsAddressSecret(url) || values.some((value) => value.includes(keptContent));
}

/** And with it a certificate: in files of their own, or one of PKCS#12. */
export function hasClientKey({ tls }: Pick<ConnectionProfile, 'tls'>): boolean {
  const { keyFile, pkcs12File, keptFiles = [] } = tls;
  return (
    keyFile !== undefined ||
    pkcs12File !== undefined ||
    keptFiles.includes('key') ||
    keptFiles.includes('pkcs12')
  );
}

/** One entry of the list, field by field. Each problem is kept, so that all are told at once. */
class EntryReader {
  readonly #fields: EntryFields;
  readonly #entry: Entry;
  readonly #isObject: boolean;
  readonly #surroundings: ProfileSurroundings;

  constructor(entry: unknown, place: string, surroundings: ProfileSurroundings) {
    this.#isObject = isObject(entry);
    this.#entry = isObject(entry) ? entry : {};
    const { name } = this.#entry;
    this.#fields = new EntryFields(typeof name === 'string' && name !== '' ? name : place);
    this.#surroundings = surroundings;
  }

  read(scope: ConnectionProfile['scope']): ConnectionProfile | undefined {
    if (!this.#isObject) {
      this.fault('', { kind: 'wrongType', wanted: 'object' });
      return undefined;
    }
    const entry = this.#entry;
    this.#fields.unknown(entry, fields[''], '');
    const name = this.#required('name');
    const url = this.#required('url');
    const problem = url === '' ? undefined : checkAddress(url)?.kind;
    if (problem !== undefined)
      this.fault('url', { kind: problem === 'hasSecret' ? 'secretInSettings' : 'notAnAddress' });
    const username = this.#fields.text(entry, 'username', '');
    const clientId = this.#fields.text(entry, 'clientId', '') ?? DEFAULT_CLIENT_ID;
    const cleanStart = this.#fields.boolean(entry, 'cleanStart', '', true);
    if (!cleanStart && clientId.includes('{random}')) this.fault('clientId', { kind: 'randomWithSession' });
    const sessionExpiry = this.#fields.number(entry, 'sessionExpirySeconds', '', 0, MAX_UINT32);
    const connectProperties = this.#connectProperties();
    const headers = this.#headers(url);
    const subprotocol = this.#subprotocol(url);
    const will = this.#will();
    const proxy = this.#proxy(url);
    const color = this.#fields.oneOf(entry, 'color', '', profileColors);
    return {
      ...{ name, scope, url, clientId, cleanStart },
      isTrusted: scope === 'user' || this.#surroundings.isTrusted,
      ...(username !== undefined && username !== '' && { username }),
      protocolVersion:
        versions[this.#fields.oneOf(entry, 'protocolVersion', '', Object.keys(versions)) ?? '5.0'] ?? 5,
      ...(sessionExpiry !== undefined && { sessionExpiryIntervalSeconds: sessionExpiry }),
      keepAliveSeconds: this.#fields.number(entry, 'keepAliveSeconds', '', 0, MAX_UINT16) ?? 30,
      ...(Object.keys(connectProperties).length > 0 && { connectProperties }),
      ...(headers !== undefined && { headers }),
      ...(subprotocol !== undefined && { subprotocol }),
      ...(will !== undefined && { will }),
      tls: this.#tls(url),
      ...(proxy !== undefined && { proxy }),
      subscriptions: this.#subscriptions(),
      ...(color !== undefined && { color }),
      icon: this.#icon(),
      readOnly: this.#fields.boolean(entry, 'readOnly', '', false),
      confirmPublish: this.#fields.boolean(entry, 'confirmPublish', '', false),
      whileOffline: this.#fields.oneOf(entry, 'whileOffline', '', ['refuse', 'queue'] as const) ?? 'refuse',
      connectOnStart: this.#fields.boolean(entry, 'connectOnStart', '', false),
    };
  }

  get faults(): readonly ProfileFault[] {
    return this.#fields.faults;
  }

  fault(field: string, problem: FieldProblem): void {
    this.#fields.fault(field, problem);
  }

  #required(name: string): string {
    if (this.#entry[name] === undefined || this.#entry[name] === '') {
      this.fault(name, { kind: 'missing' });
      return '';
    }
    return this.#fields.text(this.#entry, name, '') ?? '';
  }

  #object(name: string): Entry | undefined {
    const value = this.#entry[name];
    if (value === undefined) return undefined;
    if (isObject(value)) return value;
    this.fault(name, { kind: 'wrongType', wanted: 'object' });
    return undefined;
  }

  #icon(): string {
    const icon = this.#fields.text(this.#entry, 'icon', '') ?? 'server';
    if (!/^[a-z][a-z-]{0,40}$/.test(icon)) this.fault('icon', { kind: 'notAnIcon' });
    return icon;
  }

  #headers(url: string): Readonly<Record<string, string>> | undefined {
    const headers = this.#object('headers');
    if (headers === undefined) return undefined;
    if (!/^wss?:/i.test(url)) this.fault('headers', { kind: 'headersWithoutWebSocket' });
    const texts: Record<string, string> = {};
    for (const name of Object.keys(headers)) {
      const value = this.#fields.text(headers, name, 'headers.') ?? '';
      if (isSecretName(name) && !value.includes(keptContent))
        this.fault(`headers.${name}`, { kind: 'secretInSettings' });
      texts[name] = value;
    }
    return texts;
  }

  #subprotocol(url: string): string | undefined {
    const subprotocol = this.#fields.text(this.#entry, 'subprotocol', '');
    if (subprotocol === undefined) return undefined;
    if (!/^wss?:/i.test(url)) this.fault('subprotocol', { kind: 'subprotocolWithoutWebSocket' });
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(subprotocol)) this.fault('subprotocol', { kind: 'notASubprotocol' });
    return subprotocol;
  }

  #connectProperties(): ConnectPropertyParams {
    const entry = this.#entry;
    const receiveMaximum = this.#fields.number(entry, 'receiveMaximum', '', 1, MAX_UINT16);
    const maximumPacketSize = this.#fields.number(entry, 'maximumPacketSize', '', 1, MAX_UINT32);
    const topicAliasMaximum = this.#fields.number(entry, 'topicAliasMaximum', '', 0, MAX_UINT16);
    const requestResponseInformation = this.#fields.flag(entry, 'requestResponseInformation');
    const requestProblemInformation = this.#fields.flag(entry, 'requestProblemInformation');
    const userProperties = this.#fields.userProperties(entry, '', true);
    return {
      ...(receiveMaximum !== undefined && { receiveMaximum }),
      ...(maximumPacketSize !== undefined && { maximumPacketSize }),
      ...(topicAliasMaximum !== undefined && { topicAliasMaximum }),
      ...(requestResponseInformation !== undefined && { requestResponseInformation }),
      ...(requestProblemInformation !== undefined && { requestProblemInformation }),
      ...(userProperties !== undefined && { userProperties }),
    };
  }

  #will(): ConnectionProfile['will'] {
    const will = this.#object('will');
    if (will === undefined) return undefined;
    this.#fields.unknown(will, fields.will, 'will.');
    const topic = this.#fields.text(will, 'topic', 'will.') ?? '';
    if (checkTopicName(topic) !== undefined) this.fault('will.topic', { kind: 'notATopic' });
    const delay = this.#fields.number(will, 'delaySeconds', 'will.', 0, MAX_UINT32);
    const indicator = this.#fields.number(will, 'payloadFormatIndicator', 'will.', 0, 1);
    const expiry = this.#fields.number(will, 'messageExpirySeconds', 'will.', 0, MAX_UINT32);
    const contentType = this.#fields.mqttString(will, 'contentType', 'will.');
    const responseTopic = this.#fields.text(will, 'responseTopic', 'will.');
    if (responseTopic !== undefined && checkTopicName(responseTopic) !== undefined)
      this.fault('will.responseTopic', { kind: 'notATopic' });
    const correlationData = this.#fields.mqttString(will, 'correlationData', 'will.');
    const userProperties = this.#fields.userProperties(will, 'will.');
    return {
      topic,
      payload: this.#fields.text(will, 'payload', 'will.') ?? '',
      qos: this.#fields.qos(will, 'will.'),
      retain: this.#fields.boolean(will, 'retain', 'will.', false),
      ...(delay !== undefined && { delayIntervalSeconds: delay }),
      ...(indicator !== undefined && { payloadFormatIndicator: indicator === 1 ? 1 : 0 }),
      ...(expiry !== undefined && { messageExpiryIntervalSeconds: expiry }),
      ...(contentType !== undefined && { contentType }),
      ...(responseTopic !== undefined && { responseTopic }),
      ...(correlationData !== undefined && { correlationData }),
      ...(userProperties !== undefined && { userProperties }),
    };
  }

  #subscriptions(): ConnectionProfile['subscriptions'] {
    const list = this.#entry.subscriptions;
    if (list === undefined) return [];
    if (!Array.isArray(list)) {
      this.fault('subscriptions', { kind: 'wrongType', wanted: 'list' });
      return [];
    }
    return list.map((entry: unknown, i) => {
      const prefix = `subscriptions.${i + 1}.`;
      // `"a/#"` alone is one at QoS 0.
      const of = isObject(entry) ? entry : { topicFilter: entry };
      this.#fields.unknown(of, fields.subscription, prefix);
      const topicFilter = this.#fields.text(of, 'topicFilter', prefix) ?? '';
      if (checkTopicFilter(topicFilter) !== undefined)
        this.fault(`${prefix}topicFilter`, { kind: 'notAFilter' });
      return { topicFilter, qos: this.#fields.qos(of, prefix), ...this.#subscribeOptions(of, prefix) };
    });
  }

  #subscribeOptions(of: Entry, prefix: string): SubscribeOptions {
    const noLocal = this.#fields.boolean(of, 'noLocal', prefix, false);
    const retainAsPublished = this.#fields.boolean(of, 'retainAsPublished', prefix, false);
    const retainHandling = this.#fields.number(of, 'retainHandling', prefix, 0, 2) ?? 0;
    const subscriptionIdentifier = this.#fields.number(
      of,
      'subscriptionIdentifier',
      prefix,
      1,
      MAX_IDENTIFIER,
    );
    return {
      ...(noLocal && { noLocal }),
      ...(retainAsPublished && { retainAsPublished }),
      ...(retainHandling > 0 && { retainHandling: retainHandling as 1 | 2 }), // in that range
      ...(subscriptionIdentifier !== undefined && { subscriptionIdentifier }),
    };
  }

  #tls(url: string): ProfileTls {
    const tls = this.#object('tls');
    if (tls === undefined) return {};
    this.#fields.unknown(tls, fields.tls, 'tls.');
    if (!isSecure(url)) this.fault('tls', { kind: 'tlsWithoutTls' });
    const caFile = this.#file(tls, 'ca');
    const certFile = this.#file(tls, 'certificate');
    const keyFile = this.#file(tls, 'key');
    const pkcs12File = this.#file(tls, 'pkcs12');
    const keptFiles = tlsFileNames.filter((name) => isKeptContent(tls[name]));
    const hasCertificate = certFile !== undefined || keptFiles.includes('certificate');
    const hasKey = keyFile !== undefined || keptFiles.includes('key');
    const hasPkcs12 = pkcs12File !== undefined || keptFiles.includes('pkcs12');
    if (hasCertificate && !hasKey) this.fault('tls.certificate', { kind: 'needs', other: 'tls.key' });
    if (hasKey && !hasCertificate) this.fault('tls.key', { kind: 'needs', other: 'tls.certificate' });
    if (hasPkcs12 && (hasCertificate || hasKey))
      this.fault('tls.pkcs12', { kind: 'excludes', other: 'tls.certificate' });
    const serverName = this.#fields.text(tls, 'serverName', 'tls.');
    const minimum = this.#fields.oneOf(tls, 'minimumVersion', 'tls.', Object.keys(tlsVersions));
    const minVersion = minimum === undefined ? undefined : tlsVersions[minimum];
    const alpnProtocols = this.#alpn(tls);
    const trustedFingerprint = this.#fields.text(tls, 'fingerprint', 'tls.');
    if (trustedFingerprint !== undefined && !/^[0-9a-f]{64}$/i.test(trustedFingerprint.replaceAll(':', '')))
      this.fault('tls.fingerprint', { kind: 'notAFingerprint' });
    return {
      ...(caFile !== undefined && { caFile }),
      ...(certFile !== undefined && { certFile }),
      ...(keyFile !== undefined && { keyFile }),
      ...(pkcs12File !== undefined && { pkcs12File }),
      ...(keptFiles.length > 0 && { keptFiles }),
      ...(alpnProtocols !== undefined && { alpnProtocols }),
      ...(serverName !== undefined && { serverName }),
      ...(minVersion !== undefined && { minVersion }),
      ...(trustedFingerprint !== undefined && { trustedFingerprint }),
    };
  }

  #proxy(url: string): ConnectionProfile['proxy'] {
    const proxy = this.#object('proxy');
    if (proxy === undefined) return undefined;
    this.#fields.unknown(proxy, fields.proxy, 'proxy.');
    if (isUnixSocket(url)) this.fault('proxy', { kind: 'proxyWithUnixSocket' });
    const proxyUrl = this.#fields.text(proxy, 'url', 'proxy.') ?? '';
    if (checkProxyAddress(proxyUrl) !== undefined) this.fault('proxy.url', { kind: 'notAProxy' });
    const username = this.#fields.text(proxy, 'username', 'proxy.');
    return { url: proxyUrl, ...(username !== undefined && username !== '' && { username }) };
  }

  #alpn(tls: Entry): readonly string[] | undefined {
    const { alpn } = tls;
    if (alpn === undefined) return undefined;
    if (Array.isArray(alpn) && alpn.every((each) => typeof each === 'string' && each !== '')) return alpn;
    this.fault('tls.alpn', { kind: 'wrongType', wanted: 'list' });
    return undefined;
  }

  /** Undefined also where its content is kept. */
  #file(tls: Entry, name: TlsFileName): string | undefined {
    const file = this.#fields.text(tls, name, 'tls.');
    if (file === undefined || file === '' || isKeptContent(file)) return undefined;
    const { folder, home } = this.#surroundings;
    if (file.startsWith('~/')) return path.join(home, file.slice(2));
    if (path.isAbsolute(file)) return file;
    if (folder === undefined) this.fault(`tls.${name}`, { kind: 'noFolder' });
    return path.resolve(folder ?? home, file);
  }
}
