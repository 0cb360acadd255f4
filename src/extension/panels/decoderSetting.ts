/**
 * The setting `mqttWorkbench.decoders`, read and changed. Pure: what can't be used is named, and left out.
 *
 * The workspace and the person each have a list. VS Code would let the one hide the other; here both hold, the
 * workspace's first, so that a choice for one topic takes nothing from the person's own. Of an untrusted workspace
 * nothing is read: neither its list, nor a schema in its folder.
 */
import path from 'node:path';
import type { Compression, DecoderChoice } from '../../contracts/decoding.ts';
import type { DecoderUse } from '../../contracts/messagePages.ts';
import { checkPlainTopicFilter, topicMatches } from '../../mqtt/topics.ts';

export type DecoderScope = 'workspace' | 'user';

/** As VS Code's `inspect` hands them out: whatever stands in the settings. */
export type DecoderLists = Readonly<Record<DecoderScope, unknown>>;

export type DecoderProblem =
  /** Positions from 1, of entries that say no topic filter or no decoder, or give something else than a text. */
  | { kind: 'unusable'; scope: DecoderScope; positions: readonly number[] }
  /** A relative path, and no folder of this computer is open. */
  | { kind: 'noFolder'; topicFilter: string; schemaFile: string };

export interface DecoderSetting {
  choices: readonly DecoderChoice[];
  problems: readonly DecoderProblem[];
}

/** A scope's list as it is to be. */
export interface DecoderChange {
  scope: DecoderScope;
  entries: readonly unknown[];
  /** Named by an entry that goes: what a person has written, and can't choose again in a menu. */
  lostSchemaFile?: string;
}

const scopes: readonly DecoderScope[] = ['workspace', 'user'];
const textFields = ['encoding', 'schemaFile', 'messageType', 'byteOrder', 'numberType', 'compression'];

/** @param folder that schema files are looked for from, where they are not absolute. */
export function readDecoderSetting(
  lists: DecoderLists,
  isTrusted: boolean,
  folder: string | undefined,
): DecoderSetting {
  const choices: DecoderChoice[] = [];
  const problems: DecoderProblem[] = [];
  for (const scope of scopesInForce(isTrusted)) {
    const positions: number[] = [];
    for (const [index, entry] of entriesOf(lists[scope]).entries()) {
      if (!isChoice(entry)) {
        positions.push(index + 1);
        continue;
      }
      const { topicFilter, schemaFile } = entry;
      if (schemaFile === undefined || path.isAbsolute(schemaFile)) choices.push(entry);
      // A file of an untrusted folder would be that folder's word.
      else if (!isTrusted) continue;
      else if (folder === undefined) problems.push({ kind: 'noFolder', topicFilter, schemaFile });
      else choices.push({ ...entry, schemaFile: path.resolve(folder, schemaFile) });
    }
    if (positions.length > 0) problems.push({ kind: 'unusable', scope, positions });
  }
  return { choices, problems };
}

export interface NewChoice {
  topicFilter: string;
  use: DecoderUse;
  /** The filter of the choice that has held so far. */
  chosenFor: string | undefined;
}

/** @param home the scope for a filter that no list has yet. */
export function withChoice(
  lists: DecoderLists,
  isTrusted: boolean,
  home: DecoderScope,
  { topicFilter, use, chosenFor }: NewChoice,
): DecoderChange {
  const place = find(lists, isTrusted, topicFilter);
  const before = place ?? (chosenFor === undefined ? undefined : find(lists, isTrusted, chosenFor));
  const choice = choiceOf(topicFilter, use, before?.entry);
  if (place === undefined) return { scope: home, entries: [...entriesOf(lists[home]), choice] };
  const entries = entriesOf(lists[place.scope]).map((entry) => (entry === place.entry ? choice : entry));
  return { scope: place.scope, entries, ...lostSchema(place.entry, choice) };
}

/** Undefined where no list in force has the filter. */
export function withoutFilter(
  lists: DecoderLists,
  isTrusted: boolean,
  topicFilter: string,
): DecoderChange | undefined {
  const place = find(lists, isTrusted, topicFilter);
  if (place === undefined) return undefined;
  const entries = entriesOf(lists[place.scope]).filter((entry) => filterOf(entry) !== topicFilter);
  return { scope: place.scope, entries, ...lostSchema(place.entry, undefined) };
}

/** Whether topics of the filter still have a chosen decoder. */
export function isChosenFor({ choices }: DecoderSetting, topicFilter: string): boolean {
  return choices.some((choice) => topicMatches(choice.topicFilter, topicFilter));
}

interface Place {
  scope: DecoderScope;
  entry: DecoderChoice;
}

/** The first that holds; of a filter that stands there twice, the others never do. */
function find(lists: DecoderLists, isTrusted: boolean, topicFilter: string): Place | undefined {
  for (const scope of scopesInForce(isTrusted)) {
    const entry = entriesOf(lists[scope])
      .filter(isChoice)
      .find((each) => each.topicFilter === topicFilter);
    if (entry !== undefined) return { scope, entry };
  }
  return undefined;
}

/** @param before what the decoder must know stays as it was there, if it is the same decoder. */
function choiceOf(
  topicFilter: string,
  { id, via }: DecoderUse,
  before: DecoderChoice | undefined,
): DecoderChoice {
  const { compression: oldCompression, ...known } = before?.decoder === id ? before : {};
  const choice = { ...known, topicFilter, decoder: id };
  const [compression] = via;
  // What is wrapped twice is found out.
  if (via.length === 1) return { ...choice, compression: compression as Compression };
  return via.length === 0 && oldCompression === 'none' ? { ...choice, compression: 'none' } : choice;
}

function lostSchema(
  { schemaFile }: DecoderChoice,
  after: DecoderChoice | undefined,
): { lostSchemaFile?: string } {
  return schemaFile === undefined || after?.schemaFile === schemaFile ? {} : { lostSchemaFile: schemaFile };
}

function scopesInForce(isTrusted: boolean): readonly DecoderScope[] {
  return isTrusted ? scopes : ['user'];
}

function entriesOf(list: unknown): readonly unknown[] {
  return Array.isArray(list) ? list : [];
}

function filterOf(entry: unknown): unknown {
  return (entry as Partial<DecoderChoice> | null)?.topicFilter;
}

function isChoice(entry: unknown): entry is DecoderChoice {
  if (typeof entry !== 'object' || entry === null) return false;
  const fields = entry as Record<string, unknown>; // an object: a missing field reads as undefined
  const { topicFilter, decoder } = fields;
  if (typeof topicFilter !== 'string' || checkPlainTopicFilter(topicFilter) !== undefined) return false;
  if (typeof decoder !== 'string' || decoder === '') return false;
  return textFields.every((name) => fields[name] === undefined || typeof fields[name] === 'string');
}
