/** What another program's settings say of connections, in the form of the setting `mqttWorkbench.connections`. */
import { keptContent, type TlsContents, type TlsFileName } from '../../../contracts/tlsFiles.ts';
import type { Secrets } from '../profileSecrets.ts';
import { contentOf } from '../tlsFileContent.ts';

export interface ImportedConnection {
  /** As an entry of the setting. Whether it can be used is looked at later, for all kinds in one place. */
  entry: Record<string, unknown>;
  /** For the secret storage: never in the entry. */
  secrets: Secrets;
  /** What nothing in the entry stands for. */
  notes: ImportNote[];
}

export type ImportNote =
  /** There, any certificate was taken. */
  | { kind: 'unchecked' }
  /** In place of a certificate or key there is something else: the field that it would be for. */
  | { kind: 'contents'; field: string }
  /** As the other program calls it. */
  | { kind: 'option'; option: string }
  /** Of a command line, words of no option. They may be a part of a password. */
  | { kind: 'words' };

export type ImportSource = 'workbench' | 'mqttExplorer' | 'mqttx' | 'vsmqtt' | 'mosquitto' | 'link';

export type Fields = Readonly<Record<string, unknown>>;

/** Undefined for what is no object. */
export function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** Undefined where it is no text, or an empty one, as programs write for none. */
export function textOf(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Undefined where it is no number; some programs keep it as a text. */
export function numberOf(fields: Fields, name: string): number | undefined {
  const value = fields[name];
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : undefined;
}

export function booleanOf(fields: Fields, name: string): boolean | undefined {
  const value = fields[name];
  return typeof value === 'boolean' ? value : undefined;
}

/** Without what is undefined, and objects that have nothing in them. */
export function entryOf(fields: Fields): Record<string, unknown> {
  const present = Object.entries(fields).filter(([, value]) => {
    const inner = fieldsOf(value);
    return value !== undefined && (inner === undefined || Object.keys(inner).length > 0);
  });
  return Object.fromEntries(present);
}

export function urlOf(scheme: string, host: string, port: number | undefined, path = ''): string {
  // An IPv6 address, as programs without an address of one text have it.
  const authority = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  const isWebSocket = scheme === 'ws' || scheme === 'wss';
  const route = isWebSocket && path !== '' ? `/${path.replace(/^\/+/, '')}` : '';
  return `${scheme}://${authority}${port === undefined ? '' : `:${port}`}${route}`;
}

/** `[{topic, qos}]`, as several programs keep them. */
export function subscriptionsOf(value: unknown): unknown[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  return value.flatMap((each) => {
    const fields = fieldsOf(each) ?? {};
    const topicFilter = textOf(fields, 'topic');
    return topicFilter === undefined ? [] : [{ topicFilter, qos: numberOf(fields, 'qos') ?? 0 }];
  });
}

/** What is found of TLS beside the entry. */
export class FoundContents {
  readonly #files: Partial<Record<TlsFileName, string>> = {};
  readonly #notes: ImportNote[];

  constructor(notes: ImportNote[]) {
    this.#notes = notes;
  }

  /** For the secrets. */
  get secrets(): { files?: TlsContents } {
    return Object.keys(this.#files).length === 0 ? {} : { files: this.#files };
  }

  /** A file's name stays; PEM in its place becomes a secret. */
  file(fields: Fields, name: string, file: TlsFileName): string | undefined {
    const value = textOf(fields, name);
    return value?.includes('-----BEGIN') ? this.content(Buffer.from(value), file) : value;
  }

  /** As MQTT.js calls them, and programs that are made with it. */
  pemFiles(fields: Fields): Fields {
    return {
      ca: this.file(fields, 'ca', 'ca'),
      certificate: this.file(fields, 'cert', 'certificate'),
      key: this.file(fields, 'key', 'key'),
    };
  }

  /** What stands for it in the entry; what is of another kind than wanted is noted. */
  content(bytes: Buffer, file: TlsFileName): string | undefined {
    const read = contentOf(bytes, file);
    if (read.kind === 'wrong') {
      this.#notes.push({ kind: 'contents', field: `tls.${file}` });
      return undefined;
    }
    this.#files[file] = read.content;
    return keptContent;
  }
}

/** An object of names, each with a value or several, as MQTT.js has them. */
export function userPropertiesOf(value: unknown): { name: string; value: string }[] | undefined {
  const pairs = Object.entries(fieldsOf(value) ?? {}).flatMap(([name, values]) =>
    [values].flat().map((each) => ({ name, value: String(each) })),
  );
  return pairs.length === 0 ? undefined : pairs;
}
