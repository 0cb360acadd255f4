/**
 * What a firmware developer should know where the code stands, in English as the code is: said once, for every language.
 *
 * No text of a person or a device comes in: a comment must not be ended by it.
 */
import { isLoopback } from '../../base/networkAddress.ts';
import { type ConnectionSettings, KEEP_ALIVE_SECONDS } from './connectionSettings.ts';

export const CLIENT_ID_NOTE =
  'Each device needs a client id of its own: of two with the same one, each throws the other out.';

export const KEEP_ALIVE_NOTE = `Seconds. After ${KEEP_ALIVE_SECONDS * 1.5} without a packet the broker gives the device up, and publishes its will.`;

export const WILL_NOTE =
  'The will: what the broker publishes when the device is gone without a goodbye. Retained, as "online" is.';

/** For a device to which this computer's loopback addresses are its own. Undefined where the address can be reached. */
export function unreachableNote({ host }: ConnectionSettings): string | undefined {
  if (!isLoopback(host)) return undefined;
  return (
    'CHANGE THIS: to a device, this address is the device itself, and the broker listens on its computer alone. ' +
    'In VS Code run "MQTT: Expose Broker on the Local Network...", then copy this code again.'
  );
}

export interface CertificatePlaces {
  /** Where the library takes the certificate and the private key of the device itself. */
  ownGoesInto: string;
  /** What is to be known of the CA with this library. */
  more?: string;
}

/** Paragraphs. Empty for a listener without TLS. */
export function certificateNotes(
  { tls }: ConnectionSettings,
  { ownGoesInto, more }: CertificatePlaces,
): string[] {
  if (tls === undefined) return [];
  const ofCa =
    "The CA that signed the broker's certificate. That certificate must name the host as it is written above, a name or an address.";
  const ofDevice =
    'CHANGE THIS: the broker lets in no device without a certificate and a private key of its own. ' +
    'In VS Code run "MQTT: New Client Certificate...", or sign one by the CA that the configuration file names for clients. ' +
    `Both go into ${ownGoesInto}.`;
  return [
    tls.caPem === undefined ? `CHANGE THIS: ${ofCa}` : ofCa,
    ...(more === undefined ? [] : [more]),
    ...(tls.requiresClientCertificate ? [ofDevice] : []),
  ];
}
