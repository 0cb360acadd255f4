/**
 * Certificates and keys in the forms that firmware takes them: text that goes into a source file as it is.
 *
 * Pure. Notes are made safe for the comments that they stand in (`commentLine`); a name goes into the source as it is.
 */
import { derOf } from './pem.ts';

export type ExportFormat = 'pem' | 'der' | 'arduinoHeader' | 'cHeader' | 'cString' | 'base64' | 'nvsCsv';

export interface ExportedItem {
  /** Of the C variable and of the key in NVS: `ca_cert`, at most 15 characters (the limit of an NVS key). */
  name: string;
  /** One PEM block. */
  pem: string;
}

export interface ExportOptions {
  /** Lines of a comment, without its marks: what it is, and what the board needs. */
  notes: readonly string[];
}

/** What the file of a format ends with. */
export const fileEndings: Readonly<Record<ExportFormat, string>> = {
  pem: 'pem',
  der: 'der',
  arduinoHeader: 'h',
  cHeader: 'h',
  cString: 'c',
  base64: 'txt',
  nvsCsv: 'csv',
};

/** What a board reads as one thing, so that a file has room for one: of several, each has a file of its own. */
export function holdsOneItem(format: ExportFormat): boolean {
  return format === 'der' || format === 'base64';
}

/** With the notes in a comment. DER and its Base64 have no room for any, and not every reader of PEM bears text before it. */
export function hasNotes(format: ExportFormat): boolean {
  return format === 'arduinoHeader' || format === 'cHeader' || format === 'cString';
}

/** The files: one with all of the items, or one for each of them, in their order (`holdsOneItem`). */
export function exportFiles(
  format: ExportFormat,
  items: readonly ExportedItem[],
  options: ExportOptions,
): Buffer[] {
  if (format === 'der') return items.map(({ pem }) => derOf(pem));
  const files = holdsOneItem(format) ? items.map((item) => [item]) : [items];
  return files.map((each) => Buffer.from(exportText(format, each, options)));
}

/** Every form but DER, of one item or of several. Ends with a line break. */
export function exportText(
  format: Exclude<ExportFormat, 'der'>,
  items: readonly ExportedItem[],
  { notes }: ExportOptions,
): string {
  switch (format) {
    case 'pem':
      return items.map(({ pem }) => pem).join('');
    case 'base64':
      return items.map(({ pem }) => `${derOf(pem).toString('base64')}\n`).join('');
    case 'nvsCsv':
      return nvsCsv(items);
    case 'arduinoHeader':
      return header(notes, ['#include <Arduino.h>'], items, (item) => arduinoArray(item));
    case 'cHeader':
      return header(notes, [], items, ({ name, pem }) => `static const char ${name}[] =\n${cLines(pem)};\n`);
    case 'cString':
      return `${comment(notes)}\n${items.map(({ pem }) => `${cLines(pem)}\n`).join('\n')}`;
  }
}

/** Of what stands in a comment of C: no end of the comment and no start of one, no line of its own, no backslash that joins lines. */
export function commentLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\\]/gu, ' ')
    .replaceAll('*/', '* /')
    .replaceAll('/*', '/ *');
}

function header(
  notes: readonly string[],
  includes: readonly string[],
  items: readonly ExportedItem[],
  declare: (item: ExportedItem) => string,
): string {
  return [comment(notes), '#pragma once', ...includes, '', ...items.map(declare)].join('\n');
}

function comment(notes: readonly string[]): string {
  return ['/*', ...notes.map((note) => ` * ${commentLine(note)}`.trimEnd()), ' */'].join('\n');
}

/** A raw string: the PEM stands in the sketch as it is. PROGMEM keeps it in flash on an ESP8266; an ESP32 ignores it. */
function arduinoArray({ name, pem }: ExportedItem): string {
  return `const char ${name}[] PROGMEM = R"PEM(${pem})PEM";\n`;
}

function cLines(pem: string): string {
  return pem
    .trimEnd()
    .split('\n')
    .map((line) => `    "${line}\\n"`)
    .join('\n');
}

/** For nvs_partition_gen.py of ESP-IDF: the partition holds the bytes of DER. */
function nvsCsv(items: readonly ExportedItem[]): string {
  const rows = items.map(({ name, pem }) => `${name},data,base64,${derOf(pem).toString('base64')}`);
  return `${['key,type,encoding,value', 'mqtt_tls,namespace,,', ...rows].join('\n')}\n`;
}
