/**
 * The names by which a device may reach this machine, and whether a certificate has them all.
 *
 * Pure: interfaces and host name are handed in (`os.networkInterfaces()`, `os.hostname()`).
 */
import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { NetworkInterfaceInfo } from 'node:os';
import { localHostName } from '../base/networkAddress.ts';

export interface Machine {
  interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>;
  hostName: string;
}

/** By these a simulated board, in Wokwi or in a container, reaches the computer that it runs on. */
const SIMULATOR_NAMES = ['host.wokwi.internal', 'host.docker.internal'];

const ALWAYS = ['localhost', '127.0.0.1', '::1'];

/** A machine with more addresses than this has bridges for them: a certificate with all would be too large for a board. */
const MAX_ADDRESSES = 32;

const HOST_NAME = /^(?!-)[a-z0-9-]{1,63}(\.(?!-)[a-z0-9-]{1,63})*$/;

/** Host names first, then addresses; each once, in lower case, and always in the same order. */
export function serverNames({ interfaces, hostName }: Machine): string[] {
  const addresses = Object.values(interfaces)
    .flatMap((infos) => infos ?? [])
    // A link-local address of IPv6 needs a zone, which no certificate can carry.
    .filter(({ internal, address }) => !internal && !/^fe[89ab]/i.test(address))
    .map(({ address }) => address)
    .sort((a, b) => isIP(a) - isIP(b) || (a < b ? -1 : 1))
    .slice(0, MAX_ADDRESSES);
  return [...new Set([...hostNames(hostName), ...SIMULATOR_NAMES, ...ALWAYS, ...addresses])];
}

/** `studio.example.org`, where a certificate can carry it, and `studio.local`: by that the broker is announced. */
function hostNames(hostName: string): string[] {
  const name = hostName.toLowerCase().replace(/\.$/, '');
  const isCarried = HOST_NAME.test(name) && isIP(name) === 0 && name !== 'localhost';
  return [...(isCarried ? [name] : []), localHostName(name)];
}

/** Those of `names` that a client could not find in the certificate (PEM). */
export function namesMissingIn(certificate: string, names: readonly string[]): string[] {
  const parsed = new X509Certificate(certificate);
  return names.filter((name) =>
    isIP(name) === 0 ? parsed.checkHost(name) === undefined : parsed.checkIP(name) === undefined,
  );
}
