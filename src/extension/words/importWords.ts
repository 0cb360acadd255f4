/** What was found of another program's connections, and what could not be taken over, in words. */
import { l10n } from 'vscode';
import type { ImportNote, ImportSource } from '../connections/import/importedConnection.ts';
import type { FittedConnection } from '../connections/import/readImport.ts';
import { formatName } from './formats.ts';
import { explainField } from './profileWords.ts';

export function sourceName(source: ImportSource): string {
  switch (source) {
    case 'workbench':
      return 'MQTT Workbench';
    case 'mqttExplorer':
      return 'MQTT Explorer';
    case 'mqttx':
      return 'MQTTX';
    case 'vsmqtt':
      return 'VSMqtt';
    case 'mosquitto':
      return l10n.t('the command line');
    case 'link':
      return l10n.t('the link');
  }
}

/** @param what happened, as a sentence. */
export function explainSources(what: string): string {
  return l10n.t(
    '{0} Taken are settings.json of MQTT Explorer, a JSON export of MQTTX, the profiles of VSMqtt, an export of ours, a link as mqtt://broker.example, and a command of mosquitto_pub or mosquitto_sub.',
    what,
  );
}

/** Of a choice: short. */
export function describeImported(connection: FittedConnection): string {
  const { entry } = connection;
  const { files, ...secrets } = connection.secrets;
  const missing = explainImported(connection).length;
  return [
    ...(typeof entry.username === 'string' ? [l10n.t('User name {0}', formatName(entry.username))] : []),
    ...(Object.keys(secrets).length > 0 ? [l10n.t('with its password')] : []),
    ...(files !== undefined ? [l10n.t('with its certificates')] : []),
    ...(missing > 0 ? [l10n.t('not all could be taken over')] : []),
  ].join(' · ');
}

/** What is missing, a sentence each. */
export function explainImported({ notes, faults }: FittedConnection): readonly string[] {
  return [
    ...notes.map(explainNote),
    ...faults.map(({ field, problem }) => l10n.t('{0} is left out: {1}', field, explainField(problem))),
  ];
}

function explainNote(note: ImportNote): string {
  switch (note.kind) {
    case 'unchecked':
      return l10n.t(
        'There, any certificate of the broker was taken. Here it is checked: one that nobody known has signed is shown when you connect, and can be trusted by its fingerprint.',
      );
    case 'contents':
      return l10n.t(
        'What those settings have in place of a file is not what {0} wants in PEM: choose a file for it.',
        note.field,
      );
    case 'option':
      return l10n.t('{0}: nothing here stands for it.', formatName(note.option));
    case 'words':
      return l10n.t(
        'There are words that are of no option, and left out. Most likely a value with a space has no quotes.',
      );
  }
}
