/**
 * The files that a profile names for TLS, looked at while it is edited: whether each is there, and is what its field wants.
 * OpenSSL names no file where one is wrong, and takes an authority's that has no certificate without a word.
 */
import path from 'node:path';
import type { ConnectionDraft, FormFile } from '../../contracts/connectionForm.ts';
import { formFiles, tlsFileOf } from '../../contracts/connectionForm.ts';
import { isKeptContent, type TlsContents } from '../../contracts/tlsFiles.ts';
import { type PemProblem, problemWithPem } from './pemFile.ts';
import type { ProfileSurroundings } from './profiles.ts';
import { firstBytes } from './tlsFileContent.ts';

export interface CertificateFileHint {
  field: FormFile;
  /** `notKept`: its content is to be kept as a secret, and is not there. */
  problem: PemProblem | 'notThere' | 'notKept';
}

export async function certificateFileHints(
  texts: ConnectionDraft['texts'],
  kept: TlsContents,
  surroundings: Pick<ProfileSurroundings, 'folder' | 'home'>,
): Promise<readonly CertificateFileHint[]> {
  const hints = formFiles.map(async (field): Promise<CertificateFileHint[]> => {
    const text = isKeptContent(texts[field])
      ? (kept[tlsFileOf(field)] ?? 'notKept')
      : await textOfFile(texts[field], surroundings);
    if (text === undefined) return [];
    if (text === 'notThere' || text === 'notKept') return [{ field, problem: text }];
    // PKCS#12 is no text.
    if (field === 'tls.pkcs12') return [];
    const problem = problemWithPem(text, field === 'tls.key' ? 'key' : 'certificate');
    return problem === undefined ? [] : [{ field, problem }];
  });
  return (await Promise.all(hints)).flat();
}

/** Undefined where there is none to be looked at. */
async function textOfFile(
  file: string,
  surroundings: Pick<ProfileSurroundings, 'folder' | 'home'>,
): Promise<string | undefined> {
  const found = absolutePath(file, surroundings);
  if (found === undefined) return undefined;
  return (await firstBytes(found))?.bytes.toString('latin1') ?? 'notThere';
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
