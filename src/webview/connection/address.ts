/** An address that was pasted into the host's field, taken apart for the other fields. Pure. */
import { withoutSecrets } from '../../contracts/addressSecrets.ts';
import { type Transport, transports } from '../../contracts/connectionForm.ts';

export interface PastedAddress {
  transport: Transport;
  host: string;
  port: string;
  path: string;
  /** A token that was in it: what `{secret}` in the path stands for. */
  secret?: string;
  /** Without a password: that is not taken out of an address, which others may have seen. */
  username: string;
}

const PASTED =
  /^\s*([a-z]+):\/\/(?:([^@/:]*)(?::[^@/]*)?@)?(\[[^\]]*\]|[^:/?#\s]+)(?::(\d+))?([/?]\S*)?\s*$/i;
const sameAs: Readonly<Record<string, Transport>> = { tcp: 'mqtt', ssl: 'mqtts', tls: 'mqtts', mqtt: 'mqtt' };

/**
 * Undefined for what is a host, or on the way to an address.
 *
 * @param hasSecret `{secret}` stands for another one already: a token stays where it is, and the path is told to be wrong.
 */
export function pastedAddress(text: string, hasSecret = false): PastedAddress | undefined {
  const [, scheme = '', username = '', host = '', port = '', path = ''] = PASTED.exec(text) ?? [];
  const lowerCase = scheme.toLowerCase();
  const transport = transports.find((each) => each === lowerCase) ?? sameAs[lowerCase];
  if (transport === undefined) return undefined;
  const parts = { transport, port, username, host: host.replace(/^\[(.*)\]$/, '$1') };
  if (transport !== 'ws' && transport !== 'wss') return { ...parts, path: '' };
  const origin = `${transport}://${host}`;
  const kept = hasSecret ? undefined : withoutSecrets(origin + path);
  return kept === undefined
    ? { ...parts, path }
    : { ...parts, path: kept.address.slice(origin.length), secret: kept.secret };
}
