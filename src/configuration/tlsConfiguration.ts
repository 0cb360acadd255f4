/** The settings of a TLS listener, wherever they were written down: what they need of each other. */
import type { TlsConfiguration } from './brokerConfiguration.ts';

export type TlsSettings = Partial<TlsConfiguration>;

export type TlsSettingName = keyof TlsConfiguration;

export type TlsConfigurationResult =
  | { readonly kind: 'tls'; readonly tls: TlsConfiguration }
  /** `name` is at fault; undefined when it is the listener, which lacks something. */
  | { readonly kind: 'wrong'; readonly name?: TlsSettingName; readonly message: string };

/**
 * @param listener its name, for the message.
 * @param nameOf how a setting is called where it was written down.
 */
export function tlsConfigurationOf(
  settings: TlsSettings,
  listener: string,
  nameOf: (name: TlsSettingName) => string,
): TlsConfigurationResult {
  const {
    cert,
    key,
    ca,
    clientCertificate = 'none',
    commonNameAsUser = false,
    minTlsVersion = '1.2',
  } = settings;
  if (cert === undefined)
    return {
      kind: 'wrong',
      message: `${listener} needs ${nameOf('cert')}, the file of the broker's certificate`,
    };
  if (key === undefined)
    return {
      kind: 'wrong',
      message: `${listener} needs ${nameOf('key')}, the file of the certificate's private key`,
    };
  if (clientCertificate !== 'none' && ca === undefined) {
    return {
      kind: 'wrong',
      name: 'clientCertificate',
      message: `${nameOf('clientCertificate')} needs ${nameOf('ca')}, the certificate that signs the clients' ones`,
    };
  }
  if (commonNameAsUser && clientCertificate === 'none') {
    return {
      kind: 'wrong',
      name: 'commonNameAsUser',
      message: `${nameOf('commonNameAsUser')} needs ${nameOf('clientCertificate')}, optional or required: without it no client shows a certificate`,
    };
  }
  const tls = { cert, key, clientCertificate, commonNameAsUser, minTlsVersion };
  return { kind: 'tls', tls: ca === undefined ? tls : { ...tls, ca } };
}
