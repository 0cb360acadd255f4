/**
 * Connections of other programs, from whatever text a person has: a file, a command line, a link.
 *
 * Which program it is of is found out from the text. Each connection is then fitted: a field that could not be used as it
 * is, by the very rules of the setting, is left out and told, so that what is imported connects. A token in an address
 * becomes a secret.
 */
import { withoutSecrets } from '../../../contracts/addressSecrets.ts';
import { isKeptContent, keptContent, type TlsContents } from '../../../contracts/tlsFiles.ts';
import type { Secrets } from '../profileSecrets.ts';
import { type ProfileFault, type ProfileSurroundings, readProfiles } from '../profiles.ts';
import { fieldsOf, type ImportedConnection, type ImportSource } from './importedConnection.ts';
import { readMosquittoOptions } from './mosquittoOptions.ts';
import { readMqttExplorer } from './mqttExplorer.ts';
import { readLink } from './mqttLink.ts';
import { readMqttx } from './mqttx.ts';
import { readVsmqtt } from './vsmqtt.ts';
import { readWorkbench } from './workbenchEntries.ts';

/** No settings of connections are longer. */
export const MAX_IMPORT_CHARACTERS = 16_000_000;
export const MAX_IMPORTED_CONNECTIONS = 1_000;
/** Of a connection: whoever reads more has understood. */
const MAX_TOLD_FAULTS = 100;

export interface FittedConnection extends ImportedConnection {
  /** By name, fields that were left out, and why. */
  faults: readonly ProfileFault[];
  /** Of the setting: without one of these there is no connection. */
  isUsable: boolean;
}

export type ReadImport =
  | { kind: 'read'; source: ImportSource; connections: readonly FittedConnection[] }
  | { kind: 'nothing' }
  | { kind: 'unknown' };

export interface ImportSurroundings extends ProfileSurroundings {
  /** Of connections that are there. */
  takenNames: readonly string[];
}

export function readImport(text: string, surroundings: ImportSurroundings): ReadImport {
  const found = text.length > MAX_IMPORT_CHARACTERS ? undefined : find(text);
  if (found === undefined) return { kind: 'unknown' };
  const { source, connections } = found;
  if (connections.length === 0) return { kind: 'nothing' };
  const taken = new Set(surroundings.takenNames);
  return {
    kind: 'read',
    source,
    connections: connections
      .slice(0, MAX_IMPORTED_CONNECTIONS)
      .map((connection) => fit(named(keepingSecret(connection), taken), surroundings)),
  };
}

function find(text: string): { source: ImportSource; connections: ImportedConnection[] } | undefined {
  const json = parsed(text);
  if (json === undefined) {
    const link = readLink(text);
    if (link !== undefined) return { source: 'link', connections: [link] };
    const options = readMosquittoOptions(text);
    return options && { source: 'mosquitto', connections: [options] };
  }
  const readers = {
    workbench: readWorkbench,
    mqttExplorer: readMqttExplorer,
    mqttx: readMqttx,
    vsmqtt: readVsmqtt,
  };
  for (const [source, read] of Object.entries(readers) as [keyof typeof readers, typeof readMqttx][]) {
    const connections = read(json);
    if (connections !== undefined) return { source, connections };
  }
  return undefined;
}

/** Undefined for what is no JSON. Settings files have comments, and a comma more than JSON allows. */
function parsed(text: string): unknown {
  const json = text.replace(/^\uFEFF/, '').trim();
  if (!/^[[{/]/.test(json)) return undefined;
  for (const candidate of [() => json, () => withoutComments(json)]) {
    try {
      return JSON.parse(candidate());
    } catch {
      // The other may be one.
    }
  }
  return undefined;
}

const STRING_OR_COMMENT = /"(?:[^"\\]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g;
const STRING_OR_LAST_COMMA = /"(?:[^"\\]|\\.)*"|,(?=\s*[}\]])/g;

function withoutComments(text: string): string {
  const stringAlone = (part: string): string => (part.startsWith('"') ? part : '');
  return text.replace(STRING_OR_COMMENT, stringAlone).replace(STRING_OR_LAST_COMMA, stringAlone);
}

/** A name that no other has, also none of those before it. */
function named(connection: ImportedConnection, taken: Set<string>): ImportedConnection {
  const wanted = typeof connection.entry.name === 'string' ? connection.entry.name.trim() : '';
  let name = wanted;
  for (let n = 2; taken.has(name); n++) name = `${wanted} (${n})`;
  taken.add(name);
  return { ...connection, entry: { ...connection.entry, name } };
}

/** With a token in the address as a secret. */
function keepingSecret(connection: ImportedConnection): ImportedConnection {
  const { entry, secrets } = connection;
  const { url, headers } = entry;
  const kept = typeof url === 'string' ? withoutSecrets(url) : undefined;
  // What the headers mean by it is another one: then the address is told to be wrong.
  if (kept === undefined || JSON.stringify(headers ?? {}).includes(keptContent)) return connection;
  return {
    ...connection,
    entry: { ...entry, url: kept.address },
    secrets: { ...secrets, requestSecret: kept.secret },
  };
}

function fit(connection: ImportedConnection, surroundings: ProfileSurroundings): FittedConnection {
  const entry = structuredClone(connection.entry);
  const told: ProfileFault[] = [];
  // What is left out may bring another fault to light. Each turn leaves out at least one field.
  for (;;) {
    const { faults } = readProfiles({ user: [entry], workspace: undefined }, surroundings);
    told.push(...faults.slice(0, MAX_TOLD_FAULTS - told.length));
    const fitted = { ...connection, entry, faults: told };
    if (faults.length === 0)
      return { ...fitted, secrets: usedSecrets(connection.secrets, entry), isUsable: true };
    if (!leaveAllOut(entry, faults)) return { ...fitted, isUsable: false };
  }
}

/** False where one is of what a connection can't be without. */
function leaveAllOut(entry: Record<string, unknown>, faults: readonly ProfileFault[]): boolean {
  const done = new Set<string>();
  // From the last one: the places of those before it in a list still hold.
  for (const fault of faults.toReversed()) {
    const [first = '', second = ''] = fault.field.split('.');
    const place = Array.isArray(entry[first]) ? `${first}.${second}` : fault.field;
    // All of a row of a list went with it, or all of a will.
    if (done.has(place) || done.has(first)) continue;
    if (!leaveOut(entry, fault)) return false;
    done.add(place);
    if (!(first in entry)) done.add(first);
  }
  return true;
}

/** Without the contents of files that were left out. */
function usedSecrets({ files, ...texts }: Secrets, { tls }: Record<string, unknown>): Secrets {
  const used = Object.entries(files ?? {}).filter(([name]) => isKeptContent(fieldsOf(tls)?.[name]));
  return used.length === 0 ? texts : { ...texts, files: Object.fromEntries(used) as TlsContents };
}

/** A will is none without its topic, and a proxy none without its address. */
function isWholeOf(first: string, second: string): boolean {
  return (first === 'will' && second === 'topic') || (first === 'proxy' && second === 'url');
}

/** False for what a connection can't be without. */
function leaveOut(entry: Record<string, unknown>, { field, problem }: ProfileFault): boolean {
  const [first = '', second] = field.split('.');
  if (first === '' || first === 'name' || first === 'url') return false;
  // The session goes rather than the name that others may know it by.
  if (problem.kind === 'randomWithSession') return delete entry.cleanStart;
  const inner = fieldsOf(entry[first]);
  const list = entry[first];
  if (Array.isArray(list) && second !== undefined) {
    list.splice(Number(second) - 1, 1);
    return true;
  }
  if (inner !== undefined && second !== undefined && second in inner && !isWholeOf(first, second)) {
    return delete (inner as Record<string, unknown>)[second]; // of our own copy
  }
  return first in entry && delete entry[first];
}
