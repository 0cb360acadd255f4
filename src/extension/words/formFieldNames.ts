/** Fields of a connection as its form calls them, for messages that send a person there: a test holds them against the page. */
import { l10n } from 'vscode';
import type { FormText } from '../../contracts/connectionForm.ts';

export type NamedField = Extract<
  FormText,
  | 'tls.ca'
  | 'tls.certificate'
  | 'tls.key'
  | 'tls.serverName'
  | 'tls.minimumVersion'
  | 'tls.alpn'
  | 'proxy.username'
>;

/** In quotes: a label within a sentence. */
export function formFieldName(field: NamedField): string {
  return l10n.t('“{0}”', formFieldLabel(field));
}

export function formFieldLabel(field: NamedField): string {
  switch (field) {
    case 'tls.ca':
      return l10n.t('Certificate of the authority (CA)');
    case 'tls.certificate':
      return l10n.t('Client certificate');
    case 'tls.key':
      return l10n.t('Key of the client certificate');
    case 'tls.serverName':
      return l10n.t('Server name');
    case 'tls.minimumVersion':
      return l10n.t('Oldest version of TLS');
    case 'tls.alpn':
      return l10n.t('ALPN protocols');
    case 'proxy.username':
      return l10n.t('User name at the proxy');
  }
}
