/**
 * The setting `mqttWorkbench.decoders`, read and changed. Pure: what can't be used is named by its position, and left out.
 */
import path from 'node:path';
import type { Compression, DecoderChoice } from '../../contracts/decoding.ts';
import type { DecoderUse } from '../../contracts/messagePages.ts';
import { checkPlainTopicFilter } from '../../mqtt/topics.ts';

/** From 1, of entries that say no topic filter or no decoder, or give something else than a text. */
export interface DecoderSetting {
  choices: readonly DecoderChoice[];
  unusable: readonly number[];
}

const textFields = ['encoding', 'schemaFile', 'messageType', 'byteOrder', 'numberType', 'compression'];

/** @param folder that schema files are looked for from, where they are not absolute. */
export function readDecoderSetting(value: unknown, folder: string | undefined): DecoderSetting {
  const choices: DecoderChoice[] = [];
  const unusable: number[] = [];
  for (const [index, entry] of (Array.isArray(value) ? value : []).entries()) {
    if (!isChoice(entry)) unusable.push(index + 1);
    else choices.push(withAbsoluteSchema(entry, folder));
  }
  return { choices, unusable };
}

/** The setting with a decoder for a filter, in place of what was said of the very filter before. */
export function withChoice(value: unknown, topicFilter: string, use: DecoderUse): unknown[] {
  const [compression] = use.via;
  const choice: DecoderChoice = {
    topicFilter,
    decoder: use.id,
    // What is wrapped twice is found out.
    ...(use.via.length === 1 && compression !== undefined && { compression: compression as Compression }),
  };
  return [...withoutFilter(value, topicFilter), choice];
}

export function withoutFilter(value: unknown, topicFilter: string): unknown[] {
  const entries: unknown[] = Array.isArray(value) ? value : [];
  return entries.filter((entry) => (entry as Partial<DecoderChoice> | null)?.topicFilter !== topicFilter);
}

function isChoice(entry: unknown): entry is DecoderChoice {
  if (typeof entry !== 'object' || entry === null) return false;
  const fields = entry as Record<string, unknown>; // an object: a missing field reads as undefined
  const { topicFilter, decoder } = fields;
  if (typeof topicFilter !== 'string' || checkPlainTopicFilter(topicFilter) !== undefined) return false;
  if (typeof decoder !== 'string' || decoder === '') return false;
  return textFields.every((name) => fields[name] === undefined || typeof fields[name] === 'string');
}

function withAbsoluteSchema(choice: DecoderChoice, folder: string | undefined): DecoderChoice {
  const { schemaFile } = choice;
  if (schemaFile === undefined || path.isAbsolute(schemaFile) || folder === undefined) return choice;
  return { ...choice, schemaFile: path.resolve(folder, schemaFile) };
}
