/**
 * Import Connections and Export Connections: a bundle of its own, loaded when one of them is called.
 *
 * Imported connections go to the person's own settings, their passwords to the secret storage, and what could not be taken
 * over is told, connection by connection.
 */
import { homedir } from 'node:os';
import path from 'node:path';
import { env, l10n, Uri, window, workspace } from 'vscode';
import { messageOf } from '../../base/messageOf.ts';
import {
  type FittedConnection,
  MAX_IMPORT_CHARACTERS,
  readImport,
} from '../connections/import/readImport.ts';
import { VSMQTT_KEY } from '../connections/import/vsmqtt.ts';
import { exportText } from '../connections/import/workbenchEntries.ts';
import type { ConnectionProfile } from '../connections/profiles.ts';
import type { Choice } from '../questions/userQuestions.ts';
import type { Services } from '../services.ts';
import { formatName } from '../words/formats.ts';
import { describeImported, explainImported, explainSources, sourceName } from '../words/importWords.ts';
import { localWorkspaceFolders } from './localFiles.ts';

type From = 'file' | 'clipboard' | 'text' | 'vsmqtt';

/** Import Connections…: those of another program, from its settings, a command line or a link. */
export async function importConnections(services: Services): Promise<void> {
  const { questions, connections, connectionSettings, profileSecrets } = services;
  const title = l10n.t('Import Connections');
  const text = await askForText(services, title);
  if (text === undefined) return;
  const takenNames = connections.all.map(({ name }) => name);
  const read = readImport(text, { ...surroundings(), takenNames });
  if (read.kind !== 'read') {
    const message =
      read.kind === 'nothing'
        ? l10n.t('There are no connections in it.')
        : explainSources(l10n.t('Nothing was imported.'));
    await questions.say('error', message);
    return;
  }
  const usable = read.connections.filter(({ isUsable }) => isUsable);
  const refused = read.connections.filter(({ isUsable }) => !isUsable);
  if (usable.length === 0) {
    await questions.say(
      'error',
      l10n.t('Nothing was imported. {0}', refused.flatMap(explainImported).join(' ')),
    );
    return;
  }
  const answer = await questions.pickMany({
    title,
    placeholder: l10n.t('Connections of {0} to import', sourceName(read.source)),
    choices: usable.map(choiceOf),
  });
  if (answer.kind !== 'answered') return;
  await connectionSettings.addAll(answer.value.map(({ entry }) => entry));
  for (const { entry, secrets } of answer.value) {
    const profile = connections.named(String(entry.name))?.profile;
    if (profile !== undefined && Object.keys(secrets).length > 0)
      await profileSecrets.store(profile, secrets);
  }
  await sayImported(services, answer.value, refused);
}

async function sayImported(
  { questions, log }: Services,
  imported: readonly FittedConnection[],
  refused: readonly FittedConnection[],
): Promise<void> {
  const [first] = imported;
  const done =
    imported.length === 1
      ? l10n.t('{0} is in your settings now.', formatName(String(first?.entry.name)))
      : l10n.t('{0} connections are in your settings now.', imported.length);
  const told = [...imported, ...refused].filter((each) => explainImported(each).length > 0);
  if (told.length === 0) {
    questions.confirm(done);
    return;
  }
  const show = l10n.t('Show What Is Missing');
  const message = l10n.t('{0} Not all that they had could be taken over.', done);
  for (const each of told)
    for (const line of explainImported(each)) log.warn(`${formatName(String(each.entry.name))}: ${line}`);
  if ((await questions.say('warning', message, show)) === show) log.show(true);
}

function choiceOf(connection: FittedConnection): Choice<FittedConnection> {
  const { name, url } = connection.entry;
  return {
    value: connection,
    label: formatName(String(name)),
    description: formatName(String(url)),
    detail: describeImported(connection),
  };
}

/** Undefined when the person gave up, or after a message has said why there is none. */
async function askForText(services: Services, title: string): Promise<string | undefined> {
  const { questions } = services;
  const vsmqtt = vsmqttProfiles();
  const choices: Choice<From>[] = [
    ...(vsmqtt === undefined
      ? []
      : [
          {
            value: 'vsmqtt' as const,
            icon: 'extensions',
            label: l10n.t('The profiles of VSMqtt, in these settings'),
          },
        ]),
    {
      value: 'file',
      icon: 'folder-opened',
      label: l10n.t('A file'),
      detail: l10n.t('settings of MQTT Explorer or VSMqtt, an export of MQTTX or of ours'),
    },
    {
      value: 'clipboard',
      icon: 'clippy',
      label: l10n.t('The clipboard'),
      detail: l10n.t('a link, a command of mosquitto_pub or _sub, or what such a file has in it'),
    },
    {
      value: 'text',
      icon: 'edit',
      label: l10n.t('A link or a command'),
      detail: l10n.t('mqtt://…, or the options of mosquitto_pub or mosquitto_sub, typed or pasted'),
    },
  ];
  const from = await questions.pick({ title, placeholder: l10n.t('Where the connections are'), choices });
  if (from.kind !== 'answered') return undefined;
  switch (from.value) {
    case 'vsmqtt':
      return JSON.stringify({ [VSMQTT_KEY]: vsmqtt });
    case 'clipboard':
      return env.clipboard.readText();
    case 'file':
      return readFile(services);
    case 'text':
      return typedText(services, title);
  }
}

async function typedText({ questions }: Services, title: string): Promise<string | undefined> {
  const answer = await questions.text({
    ...{ title, value: '' },
    prompt: l10n.t(
      'A link, or a command of mosquitto_pub or mosquitto_sub. A password in it goes to the secret storage.',
    ),
    placeholder: 'mqtts://me@broker.example:8883',
    problemWith: (text) =>
      readImport(text, { ...surroundings(), takenNames: [] }).kind === 'read'
        ? undefined
        : l10n.t(
            'It is neither a link, as mqtt://broker.example, nor options, as -h broker.example -p 1883.',
          ),
  });
  return answer.kind === 'answered' ? answer.value : undefined;
}

async function readFile({ questions }: Services): Promise<string | undefined> {
  const uri = await questions.file(l10n.t('Choose the file that has the connections'), l10n.t('Import'), {
    filters: { JSON: ['json', 'jsonc'], [l10n.t('All Files')]: ['*'] },
    folder: Uri.file(homedir()),
  });
  if (uri === undefined) return undefined;
  try {
    const { size } = await workspace.fs.stat(uri);
    if (size <= MAX_IMPORT_CHARACTERS) return new TextDecoder().decode(await workspace.fs.readFile(uri));
    await questions.say('error', explainSources(l10n.t('Nothing was imported: the file is too large.')));
  } catch (error) {
    await questions.say('error', l10n.t('The file can’t be read: {0}', messageOf(error)));
  }
  return undefined;
}

/** Of a workspace that is not trusted, none. */
function vsmqttProfiles(): unknown {
  const values = workspace.getConfiguration().inspect<unknown[]>(VSMQTT_KEY);
  const found = (workspace.isTrusted ? values?.workspaceValue : undefined) ?? values?.globalValue;
  return Array.isArray(found) && found.length > 0 ? found : undefined;
}

function surroundings(): { isTrusted: boolean; folder: string | undefined; home: string } {
  return { isTrusted: workspace.isTrusted, folder: localWorkspaceFolders()[0]?.path, home: homedir() };
}

/** Export Connections…: profiles as a file, for a colleague or another computer. Nothing secret is in it. */
export async function exportConnections({
  questions,
  connections,
  connectionSettings,
}: Services): Promise<void> {
  const title = l10n.t('Export Connections');
  const profiles = connections.all.flatMap(({ profile }) => (profile === undefined ? [] : [profile]));
  if (profiles.length === 0) {
    await questions.say('information', l10n.t('There is no connection to export.'));
    return;
  }
  const answer = await questions.pickMany<ConnectionProfile>({
    title,
    placeholder: l10n.t('Connections to export. Passwords and other secrets stay here.'),
    choices: profiles.map((profile) => ({
      value: profile,
      label: formatName(profile.name),
      icon: profile.icon,
      description: formatName(profile.url),
    })),
  });
  if (answer.kind !== 'answered') return;
  const folder = localWorkspaceFolders()[0]?.path ?? homedir();
  const uri = await questions.saveAs(title, Uri.file(path.join(folder, 'mqtt-connections.json')), {
    button: l10n.t('Export'),
    filters: { JSON: ['json'] },
  });
  if (uri === undefined) return;
  const entries = answer.value.flatMap((profile) => {
    const entry = connectionSettings.entryOf(profile);
    return entry === undefined ? [] : [entry];
  });
  try {
    await workspace.fs.writeFile(uri, new TextEncoder().encode(exportText(entries)));
  } catch (error) {
    await questions.say('error', l10n.t('The file can’t be written: {0}', messageOf(error)));
    return;
  }
  const open = l10n.t('Open File');
  const message = l10n.t(
    'The connections are exported, without passwords and other secrets. The files of certificates that they name are not in it.',
  );
  if ((await questions.say('information', message, open)) === open) await window.showTextDocument(uri);
}
