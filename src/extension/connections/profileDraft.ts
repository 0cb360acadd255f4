/**
 * A profile's entry in the settings as the form shows it, and what was changed there put back into the entry. Pure.
 *
 * What was not changed in the form stays as it is, also where it is wrong, or nothing that this version knows.
 */
import {
  type ConnectionDraft,
  type FormField,
  type FormPair,
  type FormPairs,
  type FormSubscription,
  type FormSwitch,
  type FormText,
  formPairs,
  formSwitches,
  formTexts,
  type PairPlace,
  type Transport,
  transports,
} from '../../contracts/connectionForm.ts';
import { checkAddress } from './connectionAddress.ts';

export type Entry = Readonly<Record<string, unknown>>;

interface AddressParts {
  transport: Transport;
  /** An IPv6 address without its brackets. */
  host: string;
  port: string;
  path: string;
}

const addressTexts: readonly FormText[] = ['transport', 'host', 'port', 'path'];
const numbers: readonly FormText[] = [
  ...(['sessionExpirySeconds', 'keepAliveSeconds', 'receiveMaximum', 'maximumPacketSize'] as const),
  ...(['topicAliasMaximum', 'will.qos', 'will.delaySeconds', 'will.payloadFormatIndicator'] as const),
  'will.messageExpirySeconds',
];
/** `true` and `false`, and left out: as the broker has it. */
const flags: readonly FormText[] = ['requestResponseInformation', 'requestProblemInformation'];
const lists: readonly FormText[] = ['tls.alpn'];
/** Choices that are shown where nothing is said. */
const defaultTexts: Readonly<Partial<Record<FormText, string>>> = {
  ...{ protocolVersion: '5.0', 'will.qos': '0', whileOffline: 'refuse' },
};
const defaultSwitches: Readonly<Partial<Record<FormSwitch, boolean>>> = { cleanStart: true };

const ADDRESS = /^([a-z+]+):\/\/(\[[^\]]*\]|[^/?#:]*)(?::([^/?#]*))?([/?#].*)?$/i;

/** What the form begins with when there is no profile yet. */
export const newEntry: Entry = { url: 'mqtt://', subscriptions: ['#'] };

export function draftOf(entry: Entry, scope: ConnectionDraft['scope']): ConnectionDraft {
  return {
    scope,
    texts: fromEntries(formTexts, (field) => textOf(entry, field)),
    switches: fromEntries(formSwitches, (field) => isOn(entry, field)),
    pairs: fromEntries(formPairs, (field) => pairsOf(entry, field)),
    subscriptions: subscriptionsOf(entry),
    removed: [],
  };
}

/**
 * @param opened what the draft was made of.
 * @param current what the settings hold now: it may have been changed there meanwhile.
 */
export function entryOf(draft: ConnectionDraft, opened: Entry, current: Entry = opened): Entry {
  const before = draftOf(opened, draft.scope);
  const entry = structuredClone(current) as Record<string, unknown>; // of JSON
  // First: the fields of its object come after it.
  if (draft.switches.will !== before.switches.will) {
    if (draft.switches.will) entry.will = {};
    else delete entry.will;
  }
  const hasWill = draft.switches.will;
  const changed = (field: FormText): boolean => draft.texts[field] !== before.texts[field];
  if (addressTexts.some(changed)) entry.url = urlOf(draft.texts);
  for (const field of formTexts) {
    if (addressTexts.includes(field) || !changed(field)) continue;
    if (hasWill || !field.startsWith('will.')) put(entry, field, settingOf(field, draft.texts[field]));
  }
  for (const field of formSwitches) {
    const isSet = draft.switches[field];
    if (field === 'will' || isSet === before.switches[field]) continue;
    const isDefault = isSet === (defaultSwitches[field] ?? false);
    if (hasWill || !field.startsWith('will.')) put(entry, field, isDefault ? undefined : isSet);
  }
  for (const field of formPairs)
    if (!isSame(draft.pairs[field], before.pairs[field]))
      if (hasWill || !field.startsWith('will.')) put(entry, field, listOf(field, draft.pairs[field]));
  if (!isSame(draft.subscriptions, before.subscriptions))
    put(entry, 'subscriptions', subscriptionList(draft.subscriptions, before.subscriptions, opened));
  for (const field of draft.removed) put(entry, field, undefined);
  dropWithout(entry, draft.texts.transport, opened);
  return entry;
}

/** As the setting has it: what was typed, checked or not. */
export function urlOf(texts: Pick<ConnectionDraft['texts'], 'transport' | 'host' | 'port' | 'path'>): string {
  const { transport, port } = texts;
  if (transport === 'mqtt+unix') return `mqtt+unix://${texts.path}`;
  const host = /^[^[]*:[^[]*:/.test(texts.host) ? `[${texts.host}]` : texts.host;
  const path = transport.startsWith('ws') ? texts.path : '';
  const slash = path === '' || path.startsWith('/') ? '' : '/';
  return `${transport}://${host}${port === '' ? '' : `:${port}`}${slash}${path}`;
}

/**
 * The field of the form that a fault of the setting is told at; undefined for what has none.
 * @param place as in `ProfileFault`.
 */
export function fieldOfFault(place: string, entry: Entry): FormField | undefined {
  if (place === '') return '';
  if (place === 'url') return fieldOfUrl(entry);
  // The settings for TLS are there, and the transport is without it.
  if (place === 'tls') return 'transport';
  if (place === 'proxy') return 'proxy.url';
  const [first = '', number] = place.split('.');
  if (first === 'subscriptions')
    return number === undefined ? 'subscriptions' : `subscriptions.${Number(number) - 1}`;
  const known: readonly FormField[] = [...formTexts, ...formSwitches, ...formPairs];
  // `headers.Cookie`, `will.userProperties.1.name`
  return known.find((field) => field === place) ?? formPairs.find((field) => place.startsWith(`${field}.`));
}

/**
 * The input that a fault of names with values is told at; undefined for what is none of them.
 * @param place as in `ProfileFault`: `headers.Cookie`, `will.userProperties.1.name`
 * @param entry as it was made of the draft.
 */
export function pairOfFault(place: string, entry: Entry, { pairs }: ConnectionDraft): PairPlace | undefined {
  const field = formPairs.find((each) => place.startsWith(`${each}.`));
  if (field === undefined) return undefined;
  const rest = place.slice(field.length + 1);
  const rows = pairs[field];
  if (field === 'headers') {
    const row = rows.findLastIndex(({ name }) => name.trim() === rest);
    return row < 0 ? undefined : { row, part: 'value' };
  }
  const [, number, part] = /^(\d+)\.(name|value)$/.exec(rest) ?? [];
  const list = valueAt(entry, field);
  if (number === undefined || !Array.isArray(list)) return undefined;
  const index = list.slice(0, Number(number) - 1).filter(isObject).length;
  // Rows with nothing in them are in the form alone, where it was changed.
  const isWhole = list.filter(isObject).length === rows.length;
  const row = isWhole ? index : [...rows.keys()].filter((each) => isMeant(rows[each]))[index];
  return row === undefined ? undefined : { row, part: part === 'name' ? 'name' : 'value' };
}

function fieldOfUrl({ url }: Entry): FormField {
  const problem = typeof url === 'string' ? checkAddress(url) : undefined;
  switch (problem?.kind) {
    case 'notAPort':
      return 'port';
    case 'hasPath':
    case 'hasQuery':
    case 'hasSecret':
    case 'noSocketPath':
    case 'unixWithHost':
      return 'path';
    default:
      return 'host';
  }
}

function textOf(entry: Entry, field: FormText): string {
  if (addressTexts.includes(field)) return addressOf(entry)[field as keyof AddressParts]; // one of them
  const value = valueAt(entry, field);
  if (value === undefined) return defaultTexts[field] ?? '';
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What is no address at all is its host, so that it can be seen and mended. */
export function addressOf({ url }: { url?: unknown }): AddressParts {
  const text = typeof url === 'string' ? url : '';
  const [, scheme = '', host = '', port = '', path = ''] = ADDRESS.exec(text) ?? [];
  const transport = transports.find((each): each is Transport => each === scheme.toLowerCase());
  if (transport === undefined) return { transport: 'mqtt', host: text, port: '', path: '' };
  return { transport, host: host.replace(/^\[(.*)\]$/, '$1'), port, path };
}

function settingOf(field: FormText, text: string): unknown {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed === defaultTexts[field]) return undefined;
  if (numbers.includes(field)) return numberOf(text);
  if (flags.includes(field) && /^(true|false)$/.test(trimmed)) return trimmed === 'true';
  if (lists.includes(field))
    return trimmed
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== '');
  // A payload is what it is, white space too.
  return field === 'will.payload' ? text : trimmed;
}

function isOn(entry: Entry, field: FormSwitch): boolean {
  if (field === 'will') return entry.will !== undefined;
  const value = valueAt(entry, field);
  return typeof value === 'boolean' ? value : (defaultSwitches[field] ?? false);
}

function pairsOf(entry: Entry, field: FormPairs): FormPair[] {
  const value = valueAt(entry, field);
  if (Array.isArray(value))
    return value.filter(isObject).map(({ name = '', value: each = '' }) => {
      return { name: String(name), value: String(each) };
    });
  if (!isObject(value)) return [];
  return Object.entries(value).map(([name, each]) => ({ name, value: String(each) }));
}

/** Headers are an object, as they are in other tools; a user property may be there twice, and is an object of a list. */
function listOf(field: FormPairs, pairs: readonly FormPair[]): unknown {
  const meant = pairs.filter(isMeant);
  if (meant.length === 0) return undefined;
  if (field !== 'headers') return meant;
  return Object.fromEntries(meant.map(({ name, value }) => [name.trim(), value]));
}

function isMeant(pair: FormPair | undefined): boolean {
  return pair !== undefined && (pair.name !== '' || pair.value !== '');
}

function subscriptionsOf({ subscriptions }: Entry): FormSubscription[] {
  if (!Array.isArray(subscriptions)) return [];
  return subscriptions.map((each: unknown, from) => {
    const of = isObject(each) ? each : { topicFilter: each };
    const { topicFilter, qos = 0, retainHandling = 0, subscriptionIdentifier = '' } = of;
    return {
      topicFilter: typeof topicFilter === 'string' ? topicFilter : '',
      qos: String(qos),
      noLocal: of.noLocal === true,
      retainAsPublished: of.retainAsPublished === true,
      retainHandling: String(retainHandling),
      subscriptionIdentifier: String(subscriptionIdentifier),
      from,
    };
  });
}

function subscriptionList(
  rows: readonly FormSubscription[],
  before: readonly FormSubscription[],
  opened: Entry,
): unknown[] | undefined {
  if (rows.length === 0) return undefined;
  const originals = Array.isArray(opened.subscriptions) ? opened.subscriptions : [];
  return rows.map((row) => {
    const original: unknown = row.from === undefined ? undefined : originals[row.from];
    if (row.from !== undefined && isSame(row, before[row.from])) return original;
    const unknown = { ...(isObject(original) ? original : {}) };
    for (const known of ['qos', 'noLocal', 'retainAsPublished', 'retainHandling', 'subscriptionIdentifier'])
      delete unknown[known];
    const { topicFilter, qos, noLocal, retainAsPublished, retainHandling, subscriptionIdentifier } = row;
    const options = {
      ...unknown,
      topicFilter,
      ...(qos !== '0' && { qos: numberOf(qos) }),
      ...(noLocal && { noLocal }),
      ...(retainAsPublished && { retainAsPublished }),
      ...(retainHandling !== '0' && { retainHandling: numberOf(retainHandling) }),
      ...(subscriptionIdentifier !== '' && { subscriptionIdentifier: numberOf(subscriptionIdentifier) }),
    };
    return Object.keys(options).length === 1 ? topicFilter : options;
  });
}

/** What is none stays as it was typed, for the rules of the setting to name it. */
function numberOf(text: string): number | string {
  return /^\d{1,15}$/.test(text.trim()) ? Number(text) : text;
}

/**
 * What only TLS or a WebSocket has goes where the person has chosen a way without it. Where the settings have it so, it is a
 * fault, and stays for them to see.
 */
function dropWithout(entry: Record<string, unknown>, transport: string, opened: Entry): void {
  const isAsOpened = transport === addressOf(opened).transport;
  const drop = (field: string): void => {
    if (!isAsOpened || opened[field] === undefined) delete entry[field];
  };
  if (transport !== 'mqtts' && transport !== 'wss') drop('tls');
  if (transport === 'mqtt+unix') drop('proxy');
  if (transport === 'ws' || transport === 'wss') return;
  drop('headers');
  drop('subprotocol');
}

function valueAt(entry: Entry, field: string): unknown {
  const [first = '', second] = field.split('.');
  const value = entry[first];
  if (second === undefined) return value;
  return isObject(value) ? value[second] : undefined;
}

/** An object that has nothing left goes, but for the will: that it is there says something. */
function put(entry: Record<string, unknown>, field: string, value: unknown): void {
  const [first = '', second] = field.split('.');
  if (second === undefined) {
    if (value === undefined) delete entry[first];
    else entry[first] = value;
    return;
  }
  const { [second]: _, ...others } = isObject(entry[first]) ? entry[first] : {};
  const changed = value === undefined ? others : { ...others, [second]: value };
  if (Object.keys(changed).length > 0 || first === 'will') entry[first] = changed;
  else delete entry[first];
}

function fromEntries<K extends string, V>(keys: readonly K[], value: (key: K) => V): Record<K, V> {
  return Object.fromEntries(keys.map((key) => [key, value(key)])) as Record<K, V>; // of each of them
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function isObject(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
