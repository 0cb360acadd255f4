/**
 * The options of mosquitto's clients: a command line of `mosquitto_pub`, `mosquitto_sub` or `mosquitto_rr`, or its options
 * alone.
 *
 * What is of a message, and of how one is shown, is of no connection, and passed over; what is of the connection and has no
 * field here is noted.
 */

import { decoded } from '../../../contracts/addressSecrets.ts';
import { entryOf, type ImportedConnection, type ImportNote, urlOf } from './importedConnection.ts';
import { readLink } from './mqttLink.ts';
import { shellWords } from './shellWords.ts';

/** To the longer name, which all that follows uses. */
const short: Readonly<Record<string, string>> = {
  ...{ '-h': '--host', '-p': '--port', '-u': '--username', '-P': '--pw', '-i': '--id', '-I': '--id-prefix' },
  ...{ '-k': '--keepalive', '-V': '--protocol-version', '-c': '--disable-clean-session', '-t': '--topic' },
  ...{ '-q': '--qos', '-L': '--url', '-x': '--session-expiry-interval', '-D': '--property', '-A': '--bind' },
};
/** Without a value. */
const flags: readonly string[] = [
  ...['--disable-clean-session', '--insecure', '--will-retain', '--tls-use-os-certs', '--ws'],
  ...[
    '-d',
    '-E',
    '-l',
    '-n',
    '-N',
    '-r',
    '-R',
    '-s',
    '-S',
    '-v',
    '-a',
    '-1',
    '-2',
    '--debug',
    '--help',
    '--nodelay',
  ],
  ...['--quiet', '--retain', '--retain-as-published', '--retained-only', '--remove-retained', '--pretty'],
  ...['--verbose', '--null-message', '--stdin-line', '--stdin-file', '--version', '--no-retain'],
];
/** Of a message, or of how one is shown. */
const passedOver: readonly string[] = [
  ...['-m', '-f', '-C', '-F', '-T', '-U', '-W', '-w', '-M', '-e', '-o', '--message', '--file', '--repeat'],
  ...['--repeat-delay', '--random-filter', '--filter-out', '--max-inflight', '--unsubscribe', '--watch'],
];
const versions: Readonly<Record<string, string>> = {
  ...{ mqttv5: '5.0', '5': '5.0', mqttv311: '3.1.1', '311': '3.1.1', mqttv31: '3.1', '31': '3.1' },
};
const NEVER = 4_294_967_295;
/** No shell takes a much longer line. */
const MAX_CHARACTERS = 65_536;

export function readMosquittoOptions(text: string): ImportedConnection | undefined {
  if (text.length > MAX_CHARACTERS) return undefined;
  const words = shellWords(
    text
      .replaceAll('\r\n', '\n')
      .trim()
      .replace(/^[$#>]\s+/, ''),
  );
  const command = words.findIndex((word) => /(^|\/)mosquitto_(pub|sub|rr)(\.exe)?$/.test(word));
  // A prompt, or `sudo`, may be before it; without a command, options are all that there is.
  const options = command === -1 ? words : words.slice(command + 1);
  if (command === -1 && !options[0]?.startsWith('-')) return undefined;
  const isSubscriber = command === -1 || /mosquitto_sub/.test(words[command] ?? '');
  return new OptionReader(options, isSubscriber).read();
}

class OptionReader {
  readonly #words: readonly string[];
  readonly #isSubscriber: boolean;
  readonly #values = new Map<string, string>();
  readonly #topics: string[] = [];
  readonly #notes: ImportNote[] = [];
  readonly #connect: Record<string, unknown> = {};
  readonly #will: Record<string, unknown> = {};
  /** Words of no option: as a rule the rest of a value that lacks its quotes, of a password too. */
  #hasMore = false;

  constructor(words: readonly string[], isSubscriber: boolean) {
    this.#words = words;
    this.#isSubscriber = isSubscriber;
  }

  read(): ImportedConnection {
    const words = [...this.#words];
    for (let word = words.shift(); word !== undefined; word = words.shift()) {
      const name = short[word] ?? word;
      if (name === '--property') this.#property(words);
      else if (name === '--topic') this.#topics.push(words.shift() ?? '');
      else if (flags.includes(name)) this.#values.set(name, '');
      else if (passedOver.includes(name)) words.shift();
      // What is behind it may be secret, and is not told.
      else if (/^--.*=/.test(name)) this.#notes.push({ kind: 'option', option: name.replace(/=.*/s, '') });
      else if (name.startsWith('-')) this.#values.set(name, words.shift() ?? '');
      // Behind the end of the command: of another.
      else if (/^[|>;&]/.test(name)) break;
      else this.#hasMore = true;
    }
    if (this.#hasMore) this.#notes.push({ kind: 'words' });
    return this.#connection();
  }

  #take(name: string): string | undefined {
    const value = this.#values.get(name);
    this.#values.delete(name);
    return value;
  }

  #number(name: string): number | undefined {
    const value = this.#take(name);
    return value === undefined ? undefined : Number(value);
  }

  #connection(): ImportedConnection {
    const link = readLink(this.#take('--url') ?? '');
    const tls = this.#tls();
    const port = this.#number('--port');
    const hasTls = tls !== undefined || port === 8883 || String(link?.entry.url ?? '').startsWith('mqtts');
    const scheme = (this.#take('--ws') === undefined ? 'mqtt' : 'ws') + (hasTls ? 's' : '');
    const socket = this.#take('--unix');
    const host = this.#take('--host') ?? 'localhost';
    const id = this.#take('--id');
    const prefix = this.#take('--id-prefix');
    const version = this.#take('--protocol-version') ?? '311';
    const isKept = this.#take('--disable-clean-session') !== undefined;
    const username = this.#take('--username') ?? link?.entry.username;
    const password = this.#take('--pw') ?? link?.secrets.password;
    const proxy = this.#proxy();
    const url =
      socket === undefined ? (link?.entry.url ?? urlOf(scheme, host, port)) : `mqtt+unix://${socket}`;
    const entry = entryOf({
      name: link?.entry.name ?? (socket === undefined ? host : socket.slice(socket.lastIndexOf('/') + 1)),
      url,
      username,
      clientId: id ?? (prefix === undefined ? undefined : `${prefix}{random}`),
      protocolVersion: versions[version] ?? version,
      cleanStart: isKept ? false : undefined,
      sessionExpirySeconds: this.#sessionExpiry(isKept),
      keepAliveSeconds: this.#number('--keepalive'),
      ...this.#connect,
      will: this.#willOf(),
      tls,
      proxy: proxy?.entry,
      subscriptions: this.#subscriptions(link?.entry.subscriptions),
    });
    for (const option of this.#values.keys())
      if (!flags.includes(option)) this.#notes.push({ kind: 'option', option });
    return {
      entry,
      secrets: {
        ...(password !== undefined && { password }),
        ...(proxy?.password !== undefined && { proxyPassword: proxy.password }),
      },
      notes: this.#notes,
    };
  }

  /** Undefined without TLS. */
  #tls(): Record<string, unknown> | undefined {
    const files = {
      ca: this.#take('--cafile'),
      certificate: this.#take('--cert'),
      key: this.#take('--key'),
      alpn: listOf(this.#take('--tls-alpn')),
      minimumVersion: this.#take('--tls-version')?.replace(/^tlsv/i, ''),
    };
    const hasSystemCerts = this.#take('--tls-use-os-certs') !== undefined;
    if (this.#take('--insecure') !== undefined) this.#notes.push({ kind: 'unchecked' });
    const folder = this.#take('--capath');
    if (folder !== undefined) this.#notes.push({ kind: 'option', option: '--capath' });
    const tls = entryOf(files);
    return Object.keys(tls).length > 0 || hasSystemCerts || folder !== undefined ? tls : undefined;
  }

  #sessionExpiry(isKept: boolean): number | undefined {
    const value = this.#take('--session-expiry-interval');
    if (value === undefined) return isKept ? NEVER : undefined;
    return value === '-1' || value === '∞' ? NEVER : Number(value);
  }

  #willOf(): Record<string, unknown> | undefined {
    const topic = this.#take('--will-topic');
    const [payload, qos] = [this.#take('--will-payload'), this.#number('--will-qos')];
    const retain = this.#take('--will-retain') === undefined ? undefined : true;
    return topic === undefined ? undefined : entryOf({ topic, payload, qos, retain, ...this.#will });
  }

  #subscriptions(ofLink: unknown): unknown[] | undefined {
    const qos = this.#number('--qos') ?? 0;
    const topics = [...this.#topics, ...(Array.isArray(ofLink) ? ofLink : [])];
    if (!this.#isSubscriber || topics.length === 0) return undefined;
    return topics.map((topicFilter: unknown) => ({ topicFilter, qos }));
  }

  #proxy(): { entry: Record<string, unknown>; password: string | undefined } | undefined {
    const url = URL.parse(this.#take('--proxy') ?? '');
    if (url === null) return undefined;
    const { host, username, password } = url;
    return {
      entry: entryOf({
        url: `socks5://${host}`,
        username: username === '' ? undefined : decoded(username),
      }),
      password: password === '' ? undefined : decoded(password),
    };
  }

  /** `-D connect receive-maximum 20`, `-D will user-property name value`. */
  #property(words: string[]): void {
    const [command = '', identifier = ''] = [words.shift(), words.shift()];
    const value = words.shift() ?? '';
    const other = identifier === 'user-property' ? words.shift() : undefined;
    if (command !== 'connect' && command !== 'will') return;
    const field = (command === 'connect' ? connectFields : willFields)[identifier];
    const of = command === 'connect' ? this.#connect : this.#will;
    if (other !== undefined) {
      const former = Array.isArray(of.userProperties) ? of.userProperties : [];
      of.userProperties = [...former, { name: value, value: other }];
    } else if (field === undefined)
      this.#notes.push({ kind: 'option', option: `-D ${command} ${identifier}` });
    else of[field] = propertyOf(field, value);
  }
}

const connectFields: Readonly<Record<string, string>> = {
  'receive-maximum': 'receiveMaximum',
  'maximum-packet-size': 'maximumPacketSize',
  'topic-alias-maximum': 'topicAliasMaximum',
  'request-response-information': 'requestResponseInformation',
  'request-problem-information': 'requestProblemInformation',
  'session-expiry-interval': 'sessionExpirySeconds',
};
const willFields: Readonly<Record<string, string>> = {
  'will-delay-interval': 'delaySeconds',
  'payload-format-indicator': 'payloadFormatIndicator',
  'message-expiry-interval': 'messageExpirySeconds',
  'content-type': 'contentType',
  'response-topic': 'responseTopic',
  'correlation-data': 'correlationData',
};

function propertyOf(field: string, value: string): unknown {
  if (field.startsWith('request')) return value !== '0';
  return /^\d+$/.test(value) && field !== 'correlationData' ? Number(value) : value;
}

function listOf(value: string | undefined): string[] | undefined {
  return value === undefined ? undefined : [value];
}
