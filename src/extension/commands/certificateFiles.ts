/**
 * Certificates and keys into files: which forms there are, where a file goes, and how it is written. Not a command itself.
 *
 * To ask and to write are apart: what goes into two files is asked for both before anything is written.
 */
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
    {
      value: 'cString',
      icon: 'quote',
      label: l10n.t('String of C'),
      detail: l10n.t('The literal alone, below the notes in a comment.'),
    },
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

export interface CertificateFileQuestion {
  title: string;
  /** Of the file that is suggested, without its ending. */
  name: string;
  format: ExportFormat;
  /** Where the dialog begins, instead of where everything is saved. */
  folder?: Uri;
}

/** Undefined when the person chose no place. */
export async function askForCertificateFile(
  { questions }: Services,
  { title, name, format, folder = saveFolder() }: CertificateFileQuestion,
): Promise<Uri | undefined> {
  return questions.saveAs(title, Uri.joinPath(folder, `${name}.${fileEndings[format]}`));
}

export interface CertificateFile {
  target: Uri;
  bytes: Uint8Array;
  /** A private key is in it. */
  isSecret: boolean;
}

/**
 * No file is half there, and none before all of them are written: a certificate is of no use without its key. Says which
 * could not be saved, and returns false then.
 */
export async function writeCertificateFiles(
  { questions }: Services,
  files: readonly CertificateFile[],
): Promise<boolean> {
  const parts = new Map<CertificateFile, PartFile>();
  let name = '';
  try {
    for (const file of files) {
      name = baseNameOf(file.target);
      if (file.target.scheme === 'file') await writePart(file, parts);
    }
    for (const file of files) {
      name = baseNameOf(file.target);
      const part = parts.get(file);
      if (part === undefined) await workspace.fs.writeFile(file.target, file.bytes);
      else await part.finish();
    }
    return true;
  } catch (cause) {
    for (const part of parts.values()) await part.discard();
    await questions.say('error', explainWriteFailure(name, cause));
    return false;
  }
}

export function baseNameOf(file: Uri): string {
  return path.posix.basename(file.path);
}

/** Never open to others where it is secret, also in the place of a file that was. */
async function writePart(file: CertificateFile, parts: Map<CertificateFile, PartFile>): Promise<void> {
  const part = await PartFile.create(file.target.fsPath, file.isSecret ? SECRET_MODE : undefined);
  parts.set(file, part);
  await part.write(file.bytes);
}
