/**
 * The files that a profile names for TLS, looked at while it is edited: whether each is there, and is what its field wants.
 * OpenSSL names no file where one is wrong, and takes an authority's that has no certificate without a word.
 */
import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ConnectionDraft, FormFile } from '../../contracts/connectionForm.ts';
import { formFiles } from '../../contracts/connectionForm.ts';
import { type PemProblem, problemWithPem } from './pemFile.ts';
import type { ProfileSurroundings } from './profiles.ts';

export interface CertificateFileHint {
  field: FormFile;
  problem: PemProblem | 'notThere';
}

/** A bundle of all authorities of a system has half of it; one that is longer is looked at no further. */
const MAX_BYTES = 1_048_576;

export async function certificateFileHints(
  texts: ConnectionDraft['texts'],
  surroundings: Pick<ProfileSurroundings, 'folder' | 'home'>,
): Promise<readonly CertificateFileHint[]> {
  const hints = formFiles.map(async (field): Promise<CertificateFileHint[]> => {
    const file = absolutePath(texts[field], surroundings);
    if (file === undefined) return [];
    const text = await firstText(file);
    if (text === undefined) return [{ field, problem: 'notThere' }];
    // PKCS#12 is no text.
    if (field === 'tls.pkcs12') return [];
    const problem = problemWithPem(text, field === 'tls.key' ? 'key' : 'certificate');
    return problem === undefined ? [] : [{ field, problem }];
  });
  return (await Promise.all(hints)).flat();
}

/** Undefined for none, and for one that starts at a folder that is not there: a fault of the setting, told as such. */
function absolutePath(
  file: string,
  { folder, home }: Pick<ProfileSurroundings, 'folder' | 'home'>,
): string | undefined {
  if (file === '') return undefined;
  if (file.startsWith('~/')) return path.join(home, file.slice(2));
  if (path.isAbsolute(file)) return file;
  return folder === undefined ? undefined : path.resolve(folder, file);
}

/** Undefined where it can't be read. */
async function firstText(file: string): Promise<string | undefined> {
  try {
    const found = await stat(file);
    // A pipe would be waited for.
    if (!found.isFile()) return undefined;
    await using handle = await open(file);
    const buffer = Buffer.alloc(Math.min(found.size, MAX_BYTES));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}
