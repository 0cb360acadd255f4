/**
 * What to put on a board so that it connects over TLS: one page of Markdown, from what runs and what is signed.
 *
 * Pure. The CA is public, and on the page; no key is.
 */
import { X509Certificate } from 'node:crypto';
import { l10n } from 'vscode';
import { exportText } from '../../certificates/exportFormats.ts';
import { hostOfAddress } from '../connections/connectionAddress.ts';
import type { TlsSettings } from '../settings.ts';
import { caNotes, commonNameOf, describeKeyKind, formatDay } from '../words/tlsWords.ts';
import type { AuthorityInfo } from './developmentCa.ts';

export interface TlsNotes {
  authority: AuthorityInfo;
  names: readonly string[];
  /** `mqtts://…`, those on the network first; empty while no broker runs with TLS. */
  addresses: readonly string[];
  /** Others on the network reach the broker. */
  isExposed: boolean;
  clientCertificate: TlsSettings['clientCertificate'];
}

export function tlsNotes({ authority, names, addresses, isExposed, clientCertificate }: TlsNotes): string {
  const { validFromDate, validToDate } = new X509Certificate(authority.certificate);
  const [address = 'mqtts://localhost:8883'] = addresses;
  const { port } = new URL(address);
  const lines = [
    `# ${l10n.t('TLS for your board')}`,
    '',
    ...addressLines(addresses, isExposed),
    '',
    `## ${l10n.t('What the board needs')}`,
    '',
    `1. ${l10n.t('**The CA below.** The board trusts what it has signed, and nothing else. It is no secret.')}`,
    `2. ${l10n.t('**A clock that is set** where it checks dates, by SNTP say, before it connects: a board begins in 1970, and the CA is valid from {0} to {1}. An ESP8266, Linux and Rust check them; ESP-IDF, Arduino for ESP32 and Zephyr only if they are built to.', formatDay(validFromDate), formatDay(validToDate))}`,
    `3. ${l10n.t('**One of these names**, to connect by and to verify. A certificate that names another is refused:')}`,
    '',
    `   ${names.map((name) => `\`${name}\``).join(', ')}`,
    '',
    `   ${l10n.t('The broker’s certificate is renewed by itself when this computer gets another address, and before it ends. The CA on the board stays the same.')}`,
    `4. ${clientLine(clientCertificate)}`,
    '',
    `## ${l10n.t('The CA')}`,
    '',
    l10n.t(
      '{0}, valid to {1}: {2}',
      describeKeyKind(authority.keyKind),
      formatDay(validToDate),
      `\`${commonNameOf(authority.certificate)}\``,
    ),
    '',
    // A plain string, which a sketch of Arduino takes as well.
    '```c',
    exportText('cHeader', [{ name: 'ca_cert', pem: authority.certificate }], {
      notes: caNotes(authority.certificate, names),
    }).trimEnd(),
    '```',
    '',
    l10n.t(
      '*MQTT: Export CA Certificate…* gives it as PEM, DER, for Arduino with `PROGMEM`, Base64 and for NVS.',
    ),
    '',
    `## ${l10n.t('Try it from here')}`,
    '',
    l10n.t('With the CA saved as `ca.pem`:'),
    '',
    '```sh',
    `mosquitto_pub -h ${hostOfAddress(address)} -p ${port} --cafile ca.pem -t test -m hello`,
    '```',
    '',
    l10n.t(
      'When a handshake fails, the log (*MQTT: Show Log*) says what the board offered, why it was refused, and what to change.',
    ),
    '',
  ];
  return lines.join('\n');
}

function addressLines(addresses: readonly string[], isExposed: boolean): string[] {
  if (addresses.length === 0)
    return [l10n.t('The local broker does not listen for TLS now. *MQTT: Set Up TLS…* turns it on.')];
  const list = addresses.map((address) => `- \`${address}\``);
  if (isExposed) return [l10n.t('Connect to'), '', ...list];
  return [
    ...list,
    '',
    l10n.t(
      '**Only this computer reaches the broker now.** *MQTT: Expose Broker on the Local Network…* opens it to your board, and shows the address.',
    ),
  ];
}

function clientLine(clientCertificate: TlsNotes['clientCertificate']): string {
  switch (clientCertificate) {
    case 'none':
      return l10n.t('No certificate of its own: the broker asks for none.');
    case 'optional':
      return l10n.t(
        'If you like, a certificate of its own (*MQTT: New Client Certificate…*): its name is the user name then, and no password is asked.',
      );
    case 'required':
      return l10n.t(
        '**A certificate of its own** (*MQTT: New Client Certificate…*): without one nobody gets in.',
      );
  }
}
