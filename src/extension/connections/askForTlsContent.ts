/** Asks for a file whose content is to be kept as a secret, until it is one of its kind. A bundle of its own: seldom needed. */
import { l10n, Uri } from 'vscode';
import type { TlsFileName } from '../../contracts/tlsFiles.ts';
import type { FileOptions, UserQuestions } from '../questions/userQuestions.ts';
import { explainTlsFile } from '../words/tlsFileWords.ts';
import { readTlsContent } from './tlsFileContent.ts';

export { tlsFileTitle } from '../words/tlsFileWords.ts';

export interface TlsFileQuestion {
  name: TlsFileName;
  title: string;
  /** Where the dialog begins. */
  folder: string | undefined;
}

/** As it is kept; undefined when the person gave up. */
export async function askForTlsContent(
  questions: UserQuestions,
  { name, title, folder }: TlsFileQuestion,
): Promise<string | undefined> {
  const another = l10n.t('Choose Another…');
  for (;;) {
    const chosen = await questions.file(title, l10n.t('Keep in VS Code'), tlsFileOptions(name, folder));
    if (chosen === undefined) return undefined;
    const read = await readTlsContent(chosen.fsPath, name);
    if (read.kind === 'read') return read.content;
    if ((await questions.say('error', explainTlsFile(read.problem), another)) !== another) return undefined;
  }
}

export function tlsFileOptions(name: TlsFileName, folder: string | undefined): FileOptions {
  return {
    filters: {
      ...(name === 'pkcs12' ? { 'PKCS#12': ['p12', 'pfx'] } : { PEM: ['pem', 'crt', 'cer', 'key'] }),
      [l10n.t('All Files')]: ['*'],
    },
    ...(folder !== undefined && { folder: Uri.file(folder) }),
  };
}
