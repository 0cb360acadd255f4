/** TLS, certificates and what a board needs of them, in words. */
import { X509Certificate } from 'node:crypto';
import { env, l10n } from 'vscode';
import type { ExportFormat } from '../../certificates/exportFormats.ts';
import type { KeyKind } from '../../certificates/keys.ts';
import type { SecretsUnavailableError } from '../certificates/developmentCa.ts';

export function explainSecretsUnavailable({ message }: SecretsUnavailableError): string {
  return l10n.t(
    "VS Code's secret storage, where the keys are kept, can't be used: {0}. A keyring that is locked or missing is the usual cause.",
    message,
  );
}

export function describeKeyKind(kind: KeyKind): string {
  return kind === 'ec' ? l10n.t('EC P-256') : l10n.t('RSA 2048');
}

/** `27 November 2036`, in the person's language. */
export function formatDay(date: Date): string {
  return date.toLocaleDateString(env.language, {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });
}

/** Of a certificate that was made here; it may hold any sign that a person typed. */
export function commonNameOf(certificate: string): string {
  const { CN } = new X509Certificate(certificate).toLegacyObject().subject;
  return typeof CN === 'string' ? CN : '';
}

/** What a form leaves unsaid that has no room for `caNotes`, with what ESP-IDF asks for beside it. */
export function missingNotes(format: ExportFormat): string {
  const notes = l10n.t(
    'This form has no room for notes: a board that checks dates needs a clock that is set, and every board has to verify one of the broker’s names.',
  );
  const length =
    format === 'pem'
      ? l10n.t('ESP-IDF takes 0 for its certificate_len, or a number that counts the zero at its end.')
      : l10n.t('It is DER: ESP-IDF wants the number of its bytes, in certificate_len.');
  return `${notes} ${length}`;
}

/** What goes into the comment above C code: what it is, and what the board has to do. English, as source code is. */
export function caNotes(certificate: string, names: readonly string[]): string[] {
  const parsed = new X509Certificate(certificate);
  return [
    "The CA of the local broker of MQTT Workbench: it has signed the broker's certificate.",
    `${commonNameOf(certificate)}, valid to ${parsed.validToDate.toISOString().slice(0, 10)}. For development only.`,
    '',
    'A board that checks dates needs its clock set before it connects, by SNTP for example: the certificate of the',
    'broker is not valid in 1970. ESP-IDF, Arduino for ESP32 and Zephyr check them only if they are built to.',
    `The board must connect by one of these names, and verify it: ${names.join(', ')}.`,
  ];
}

export function clientNotes(certificate: string): string[] {
  const parsed = new X509Certificate(certificate);
  return [
    `Client certificate of the device ${commonNameOf(certificate)} and its private key, made by MQTT Workbench.`,
    `Valid to ${parsed.validToDate.toISOString().slice(0, 10)}. For development only.`,
    '',
    'The private key is a secret: keep this file out of version control.',
  ];
}

/** What a restart of the broker did beside what it was for. Sessions and retained messages are kept. */
export function restartedWords(hadFaults: boolean): string {
  return hadFaults
    ? l10n.t('It was restarted, which disconnected its clients and ended the faults that were on.')
    : l10n.t('It was restarted, which disconnected its clients.');
}
