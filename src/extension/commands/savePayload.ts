/**
 * Save Payload…: into a file, part by part, with what is done so far and a way to stop it.
 *
 * A file of this machine is never half there: it gets its name when it is whole. Other file systems of VS Code take a file
 * in one piece.
 */
import path from 'node:path';
import { l10n, Uri, workspace } from 'vscode';
import type { MessageName, ReadMessage, ReadParts } from '../editors/messageReader.ts';
import { messageFileName } from '../editors/messageUri.ts';
import { PartFile } from '../payload/partFile.ts';
import type { Progress } from '../questions/userQuestions.ts';
import type { Services } from '../services.ts';
import { formatBytes } from '../words/formats.ts';
import { explainUnreadable, explainWriteFailure } from '../words/messageWords.ts';
import { messageOf } from './askForMessage.ts';
import { saveFolder } from './localFiles.ts';

type Saved = ReadParts | ReadMessage | { kind: 'notWritten'; cause: unknown };

export async function savePayload(services: Services, argument: unknown): Promise<void> {
  const { messageEditors, questions } = services;
  const title = l10n.t('Save Payload');
  const name = await messageOf(services, argument, {
    title,
    placeholder: l10n.t('Topic whose newest payload to save'),
  });
  if (name === undefined) return;
  const judged = await messageEditors.judge(name);
  if (judged === undefined) return;
  const { message, kind } = judged;
  const suggested = Uri.joinPath(saveFolder(), messageFileName(message.topic, kind, 'asItCame'));
  const target = await questions.saveAs(title, suggested);
  if (target === undefined) return;
  const fileName = path.posix.basename(target.path);
  const ref = { id: message.id, receivedAtMs: message.receivedAtMs };
  const saved = await questions.whileWorking(l10n.t('Saving {0}', fileName), (progress) =>
    target.scheme === 'file'
      ? saveFile(services, ref, target.fsPath, progress)
      : saveWhole(services, ref, target, progress),
  );
  await tell(services, saved, fileName);
}

async function saveFile(
  { messageReader }: Services,
  name: MessageName,
  filePath: string,
  { report, signal }: Progress,
): Promise<Saved> {
  let file: PartFile | undefined;
  try {
    const open = await PartFile.create(filePath);
    file = open;
    let writtenBytes = 0;
    const result = await messageReader.readParts(name, async (part, { payloadBytes }) => {
      if (signal.aborted) return 'stop';
      await open.write(part);
      writtenBytes += part.length;
      report(writtenBytes / payloadBytes);
      return 'goOn';
    });
    if (result.kind === 'read') await open.finish();
    else await open.discard();
    return result;
  } catch (cause) {
    await file?.discard();
    return { kind: 'notWritten', cause };
  }
}

async function saveWhole(
  { messageReader }: Services,
  name: MessageName,
  target: Uri,
  { signal }: Progress,
): Promise<Saved> {
  const read = await messageReader.read(name);
  if (read.kind !== 'read') return read;
  if (signal.aborted) return { kind: 'stopped', message: read.message };
  try {
    await workspace.fs.writeFile(target, read.payload);
    return read;
  } catch (cause) {
    return { kind: 'notWritten', cause };
  }
}

async function tell({ questions }: Services, saved: Saved, fileName: string): Promise<void> {
  switch (saved.kind) {
    case 'read': {
      const size = formatBytes(saved.message.payloadBytes);
      return questions.confirm(l10n.t('Saved {0} as {1}.', size, fileName));
    }
    case 'stopped':
      return questions.confirm(l10n.t('{0} was not saved.', fileName));
    case 'notWritten':
      await questions.say('error', explainWriteFailure(fileName, saved.cause));
      return;
    default:
      await questions.say('warning', explainUnreadable(saved));
  }
}
