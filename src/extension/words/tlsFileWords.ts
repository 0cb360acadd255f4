/** The files for TLS, in words: what is asked for, and what is wrong with one. */
import { l10n } from 'vscode';
import type { TlsFileName } from '../../contracts/tlsFiles.ts';
import type { ContentProblem } from '../connections/tlsFileContent.ts';

/** Of the dialog that asks for one. */
export function tlsFileTitle(name: TlsFileName): string {
  switch (name) {
    case 'ca':
      return l10n.t('Certificate of the Authority, as a PEM File');
    case 'certificate':
      return l10n.t('Client Certificate, as a PEM File');
    case 'key':
      return l10n.t('Key of the Client Certificate');
    case 'pkcs12':
      return l10n.t('Client Certificate and Key, as PKCS#12');
  }
}

/** A sentence. */
export function explainTlsFile(problem: ContentProblem | 'notKept'): string {
  switch (problem) {
    case 'notKept':
      return l10n.t('Nothing is kept for it yet: Replace… asks for its file, or Connect does.');
    case 'notThere':
      return l10n.t('There is no such file now, or it can’t be read.');
    case 'tooLarge':
      return l10n.t('This file is longer than a megabyte: no certificate or key is.');
    case 'noCertificate':
      return l10n.t(
        'There is no certificate in this file, as PEM has it: -----BEGIN CERTIFICATE-----. A DER file must be converted first.',
      );
    case 'noKey':
      return l10n.t('There is no private key in this file, as PEM has it: -----BEGIN PRIVATE KEY-----.');
    case 'keyInstead':
      return l10n.t('This file is a private key, and a certificate is wanted.');
    case 'certificateInstead':
      return l10n.t('This file is a certificate, and its private key is wanted.');
    case 'notPkcs12':
      return l10n.t('This file is not PKCS#12, as files that end in .p12 or .pfx are.');
  }
}
