/**
 * Start Recording…: which topics, and into which folder. From a row of a tree, its topics are offered.
 *
 * The name has the date: nothing is written over, and none is asked for.
 */
import path from 'node:path';
import { l10n } from 'vscode';
import { askSteps, keeping } from '../questions/askSteps.ts';
import type { Answer, Choice, StepPosition } from '../questions/userQuestions.ts';
import { recordingName } from '../recording/typedTimes.ts';
import type { Services } from '../services.ts';
import { explainStartRecording } from '../words/recordingWords.ts';
import { branchFilterArgument } from './arguments.ts';
import { ensureRunning } from './launch.ts';
import { localPathOf, localWorkspaceFolders } from './localFiles.ts';
import { askTopicFilter, EVERYTHING } from './recordingSteps.ts';
import { refuseOther } from './refuseOther.ts';

const FOLDER_NAME = 'recordings';

export async function startRecording(services: Services, argument: unknown): Promise<void> {
  if (await refuseOther(services, argument)) return;
  const title = l10n.t('Start Recording');
  const { engine, memory, questions } = services;
  if (!(await ensureRunning(services, title))) return;
  let topicFilter = branchFilterArgument(argument) ?? EVERYTHING;
  let folder = '';
  const answered = await askSteps([
    keeping(
      (position) =>
        askTopicFilter(services, {
          ...{ title, position, value: topicFilter },
          placeholder: l10n.t('Topic filter of what to record of the local broker: # for everything'),
        }),
      (answer) => {
        topicFilter = answer;
      },
    ),
    keeping(
      (position) => askFolder(services, title, position),
      (answer) => {
        folder = answer;
      },
    ),
  ]);
  if (!answered) return;
  const result = await engine.call('startRecording', {
    ...{ folder, topicFilter },
    baseName: recordingName(Date.now()),
    maxFileBytes: services.settings.current.recordingFileBytes,
  });
  const { ok, message } = explainStartRecording(result);
  if (!ok) {
    await questions.say('error', message);
    return;
  }
  await memory.rememberRecordingFolder(folder);
  questions.confirm(message);
}

/** `recordings` in a folder of the workspace, the one of the last time, or another. */
async function askFolder(services: Services, title: string, position: StepPosition): Promise<Answer<string>> {
  const { memory, questions } = services;
  const folders = localWorkspaceFolders();
  const paths = folders.map((folder) => path.join(folder.path, FOLDER_NAME));
  const last = memory.recordingFolder;
  const choices: Choice<string>[] = paths.map((value, i) => ({
    value,
    label: path.join(folders[i]?.name ?? '', FOLDER_NAME),
    icon: 'folder',
    description: value,
  }));
  if (last !== undefined && !paths.includes(last))
    choices.push({ value: last, label: last, icon: 'history' });
  if (choices.length > 0) {
    const another = '';
    choices.push({ value: another, label: l10n.t('Choose a Folder…'), icon: 'folder-opened' });
    const answer = await questions.pick({
      ...{ title, position, choices },
      placeholder: l10n.t('Folder to record into'),
      ...(last !== undefined && { preferred: last }),
    });
    if (answer.kind !== 'answered' || answer.value !== another) return answer;
  }
  const uri = await questions.folder(l10n.t('Choose a folder to record into'), l10n.t('Record Here'));
  const chosen = uri && (await localPathOf(services, uri));
  return chosen === undefined ? { kind: 'cancelled' } : { kind: 'answered', value: chosen };
}
