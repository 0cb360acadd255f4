/** Settings that code is made from in tests: the plainest, and such as would break out of a string. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type {
  ConnectionSettings,
  SourceFile,
} from '../../src/extension/connectionCode/connectionSettings.ts';
import { tlsFixture } from '../support/tlsFixtures.ts';

export const caPem = readFileSync(tlsFixture('ca.crt'), 'utf8');

/** What C, Python, Rust and a shell take for their own: quotes, escapes, trigraphs, a digit after one that is none. */
export const hostileName = `kü"che\\n ??/ 'q' \`id\` $(id) %s {} \u{1f321}e1 \u202e*/ end`;
export const hostileUsername = `bo"ard\\ 'é'f $HOME`;

const plain: ConnectionSettings = {
  host: '192.168.1.20',
  port: 1883,
  clientId: 'board-1',
  topicPrefix: 'board-1',
};

export const samples: Readonly<Record<string, ConnectionSettings>> = {
  'without a password': plain,
  'with a user name': { ...plain, credentials: { username: 'board' } },
  'over TLS': { ...plain, port: 8883, tls: { caPem }, credentials: { username: undefined } },
  'over TLS, with the place of the CA empty': { ...plain, port: 8883, tls: { caPem: undefined } },
  'over TLS, with a certificate of the device': {
    ...plain,
    port: 8883,
    tls: { caPem, requiresClientCertificate: true },
  },
  'to an address of this computer alone': { ...plain, host: '127.0.0.1' },
  'over IPv6': { ...plain, host: '2001:db8::7' },
  'with names that would end a string': {
    host: 'küche.local',
    port: 65_535,
    tls: { caPem },
    credentials: { username: hostileUsername },
    clientId: hostileName,
    topicPrefix: hostileName,
  },
};

/** As a person saves what was copied. */
export function writeAll(folder: string, files: readonly SourceFile[]): void {
  for (const { name, text } of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}
