/** What the local broker's TLS listener needs, for a launch: from the settings and the development CA. */
import { l10n } from 'vscode';
import type { PreparedTls } from '../localBroker.ts';
import type { TlsSettings } from '../settings.ts';
import { explainSecretsUnavailable } from '../words/tlsWords.ts';
import { type DevelopmentCa, isSecretsUnavailable } from './developmentCa.ts';

export async function prepareTls(ca: DevelopmentCa, settings: TlsSettings): Promise<PreparedTls> {
  try {
    const server = await ca.server();
    if (server === undefined)
      return {
        kind: 'noCertificate',
        message: l10n.t("VS Code's secret storage holds no development CA on this computer."),
      };
    const { credential, authority } = server;
    return {
      kind: 'tls',
      tls: {
        port: settings.port,
        certificate: credential.certificate,
        key: credential.key,
        authority: authority.certificate,
        clientCertificate: settings.clientCertificate,
      },
    };
  } catch (error) {
    if (!isSecretsUnavailable(error)) throw error;
    return { kind: 'noCertificate', message: explainSecretsUnavailable(error) };
  }
}
