/**
 * Secrets in the address of a WebSocket, as `?token=…`: in the settings `{secret}` stands for one, which is kept as the
 * values of headers are. Pure.
 *
 * In place of a value or a part of the path the secret is written as it is, and percent-encoded on its way into the
 * request. In place of a whole query, as one that is signed in several parts, it goes as it is.
 */
import { keptContent } from './tlsFiles.ts';

const WEB_SOCKET = /^(wss?:\/\/[^/?#]*[^?#]*)(?:\?(.*))?$/is;
const SECRET_NAME =
  /token|secret|passw|pwd|signature|credential|jwt|api[-_]?key|authorization|^(auth|cookie|key|sig)$/i;

export interface AddressWithoutSecrets {
  address: string;
  /** What `{secret}` stands for. */
  secret: string;
}

/** Of a parameter in a query, or of a header: whether its value is as good as a password. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** The first name in the query whose value is a secret that stands there in clear. */
export function openSecretIn(address: string): string | undefined {
  return openSecretsIn(queryOf(address))[0]?.name;
}

export function needsAddressSecret(address: string): boolean {
  return WEB_SOCKET.test(address) && address.includes(keptContent);
}

/** Undefined where no secret is in it, or where `{secret}` stands for another one already. */
export function withoutSecrets(address: string): AddressWithoutSecrets | undefined {
  const query = queryOf(address);
  const [first, ...others] = openSecretsIn(query);
  if (first === undefined || address.includes(keptContent)) return undefined;
  const beforeQuery = address.slice(0, address.length - query.length);
  if (others.length > 0) return { address: beforeQuery + keptContent, secret: query };
  const [before, after] = [query.slice(0, first.start), query.slice(first.end)];
  return { address: beforeQuery + before + keptContent + after, secret: decoded(first.value) };
}

/** As it goes to the broker. */
export function withSecret(address: string, secret: string): string {
  if (!needsAddressSecret(address)) return address;
  if (queryOf(address) === keptContent) return address.slice(0, -keptContent.length) + secret;
  return address.replaceAll(keptContent, () => encodeURIComponent(secret));
}

interface OpenSecret {
  name: string;
  value: string;
  /** Of the value in the query. */
  start: number;
  end: number;
}

function openSecretsIn(query: string): OpenSecret[] {
  return [...query.matchAll(/([^&=]+)=([^&]*)/g)].flatMap(
    ({ 0: pair, 1: name = '', 2: value = '', index }) => {
      if (value === '' || value.includes(keptContent) || !isSecretName(decoded(name))) return [];
      const end = index + pair.length;
      return [{ name, value, start: end - value.length, end }];
    },
  );
}

function queryOf(address: string): string {
  return WEB_SOCKET.exec(address)?.[2] ?? '';
}

/** Percent-decoded, or as it is. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a % that was meant as one
  }
}
