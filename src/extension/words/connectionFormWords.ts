/** What the form says at its fields: the faults of the setting, in the form's words. */
import { l10n } from 'vscode';
import type { ConnectionDraft, FieldNote } from '../../contracts/connectionForm.ts';
import type { CertificateFileHint } from '../connections/certificateFileHints.ts';
import { checkAddress } from '../connections/connectionAddress.ts';
import { type Entry, fieldOfFault, pairOfFault } from '../connections/profileDraft.ts';
import type { ProfileFault } from '../connections/profiles.ts';
import { formatName } from './formats.ts';
import { explainAddress, explainField } from './profileWords.ts';
import { explainTlsFile } from './tlsFileWords.ts';

/** @param entry as it was made of the draft. */
export function noteOf(fault: ProfileFault, entry: Entry, draft: ConnectionDraft): FieldNote {
  const { field: place, problem } = fault;
  // Of two that go together, the empty one is to be filled in.
  const field = fieldOfFault(problem.kind === 'needs' ? problem.other : place, entry);
  const message = asSentence(wordsOf(fault, entry));
  // There is no such field, in the form as in the setting: it can be taken out.
  if (field === undefined) {
    const name = formatName(place);
    return { field: '', kind: 'unknown', name: place, message: l10n.t('{0}: {1}', name, message) };
  }
  const isMissing = problem.kind === 'missing' || isEmptyAddress(entry, field) || isEmptyRow(fault, entry);
  const at = pairOfFault(place, entry, draft);
  return { field, ...(at !== undefined && { at }), kind: isMissing ? 'missing' : 'fault', message };
}

/** It may be mended, or come, before it is connected: nothing keeps the form from being saved. */
export function fileNotesOf({ field, problem }: CertificateFileHint, hasPassphrase: boolean): FieldNote[] {
  if (problem === 'encryptedKey') {
    if (hasPassphrase) return [];
    return [{ field: 'passphrase', kind: 'hint', message: l10n.t('The key is encrypted, and needs one.') }];
  }
  return [{ field, kind: 'hint', message: explainTlsFile(problem) }];
}

function wordsOf({ field, problem }: ProfileFault, { url }: Entry): string {
  switch (problem.kind) {
    case 'missing':
      return field === 'name' ? l10n.t('A name has at least one character.') : explainField(problem);
    case 'notAnAddress': {
      const address = typeof url === 'string' ? checkAddress(url) : undefined;
      return address === undefined ? explainField(problem) : explainAddress(address);
    }
    case 'needs':
      return l10n.t('A certificate and its key are used together: fill in both.');
    case 'excludes':
      return l10n.t('There is a client certificate as PEM files already: leave out one of them.');
    case 'tlsWithoutTls':
      return l10n.t('There are settings for TLS, and this is without it: choose a way with TLS.');
    default:
      return explainField(problem);
  }
}

function isEmptyAddress({ url }: Entry, field: string): boolean {
  if (typeof url !== 'string') return false;
  return field === 'host' ? checkAddress(url)?.kind === 'noHost' : field === 'path' && url === 'mqtt+unix://';
}

/** A row that was added, and has nothing in it yet. */
function isEmptyRow({ field }: ProfileFault, { subscriptions }: Entry): boolean {
  const [, number] = /^subscriptions\.(\d+)\.topicFilter$/.exec(field) ?? [];
  return number !== undefined && Array.isArray(subscriptions) && subscriptions[Number(number) - 1] === '';
}

function asSentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
