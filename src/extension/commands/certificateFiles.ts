/** Certificates and keys into files: which forms there are, and how one is written. Not a command itself. */
import path from 'node:path';
import { l10n, Uri, workspace } from 'vscode';
import { type ExportFormat, fileEndings } from '../../certificates/exportFormats.ts';
import { PartFile } from '../payload/partFile.ts';
import type { Choice } from '../questions/userQuestions.ts';
import type { Services } from '../services.ts';
import { explainWriteFailure } from '../words/messageWords.ts';
import { saveFolder } from './localFiles.ts';

/** A file with a private key in it: for its owner alone. */
const SECRET_MODE = 0o600;

export function formatChoices(): Choice<ExportFormat>[] {
  return [
    {
      value: 'arduinoHeader',
      icon: 'file-code',
      label: l10n.t('Header for Arduino'),
      description: 'const char ca_cert[] PROGMEM',
      detail: l10n.t('ESP8266, ESP32 and others, PlatformIO too: with the notes in its comment.'),
    },
    {
      value: 'cHeader',
      icon: 'file-code',
      label: l10n.t('Header for C'),
      description: 'static const char ca_cert[]',
      detail: l10n.t('ESP-IDF, Zephyr, STM32: with the notes in its comment.'),
    },
    { value: 'cString', icon: 'quote', label: l10n.t('String of C'), detail: l10n.t('The literal alone.') },
    {
      value: 'pem',
      icon: 'file',
      label: 'PEM',
      detail: l10n.t('For mosquitto, Python, and EMBED_TXTFILES of ESP-IDF.'),
    },
    { value: 'der', icon: 'file-binary', label: 'DER', detail: l10n.t('The bytes.') },
    {
      value: 'base64',
      icon: 'symbol-string',
      label: 'Base64',
      detail: l10n.t('DER in one line, for a setting.'),
    },
    {
      value: 'nvsCsv',
      icon: 'table',
      label: l10n.t('CSV for NVS'),
      detail: l10n.t('For nvs_partition_gen.py of ESP-IDF: Base64, DER in the partition.'),
    },
  ];
}

export interface CertificateFile {
  /** Without its ending. */
  name: string;
  format: ExportFormat;
  bytes: Uint8Array;
  /** A private key is in it. */
  isSecret: boolean;
}

/** Asks where to, and says what came of it. */
export async function saveCertificateFile(
  services: Services,
  file: CertificateFile,
): Promise<Uri | undefined> {
  const { questions } = services;
  const suggested = Uri.joinPath(saveFolder(), `${file.name}.${fileEndings[file.format]}`);
  const target = await questions.saveAs(
    file.isSecret ? l10n.t('Save the Certificate and Its Private Key') : l10n.t('Save the Certificate'),
    suggested,
  );
  if (target === undefined) return undefined;
  const fileName = path.posix.basename(target.path);
  try {
    if (target.scheme === 'file')
      await writeWhole(target.fsPath, file.bytes, file.isSecret ? SECRET_MODE : undefined);
    else await workspace.fs.writeFile(target, file.bytes);
  } catch (cause) {
    await questions.say('error', explainWriteFailure(fileName, cause));
    return undefined;
  }
  if (!file.isSecret) questions.confirm(l10n.t('Saved {0}', fileName));
  return target;
}

/** Never half there, and never open to others where it is secret, also in the place of a file that was. */
async function writeWhole(filePath: string, bytes: Uint8Array, mode: number | undefined): Promise<void> {
  const file = await PartFile.create(filePath, mode);
  try {
    await file.write(bytes);
    await file.finish();
  } catch (cause) {
    await file.discard();
    throw cause;
  }
}
