/**
 * SCRAM-SHA-256, the server's side: a client shows that it knows its password, and the server that it has seen it,
 * and neither says it. RFC 5802 with the hash of RFC 7677; no channel binding, so `n,,` and `y,,` alone.
 *
 * By hand: node:crypto has every step, and what is left is the reading of two messages. A package would bring the same
 * lines, most of them the client's. Reads no file and keeps no state beyond one exchange: who the users are is asked
 * of `ScramUsers`.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { ReasonCode } from '../../mqtt/reasonCodes.ts';
import type { AuthenticationExchange, AuthenticationStep, BeginAuthentication } from '../accessPolicy.ts';
import { base64Bytes } from './base64.ts';
import { saslPrep } from './saslPrep.ts';
import { hmac, type ScramCredential, SHA256_BYTES, sha256 } from './scramCredential.ts';

/** As clients send it in Authentication Method. */
export const SCRAM_SHA_256 = 'SCRAM-SHA-256';

export interface ScramUser {
  username: string;
  credential: ScramCredential;
}

export interface ScramUsers {
  /** @param username as SASLprep makes it. */
  find(username: string): ScramUser | undefined;
  /** In place of a credential, for a name that is no user's: always the same for the same name, and no proof fits. */
  decoyFor(username: string): ScramCredential;
}

export function scramMethod(users: ScramUsers): BeginAuthentication {
  return () => new ScramExchange(users, randomBytes(18).toString('base64'));
}

/** `server-error-value` of RFC 5802, section 7. */
type ScramError =
  | 'invalid-encoding'
  | 'extensions-not-supported'
  | 'invalid-username-encoding'
  | 'channel-binding-not-supported'
  | 'channel-bindings-dont-match'
  | 'invalid-proof'
  | 'other-error';

interface ClientFirst {
  kind: 'clientFirst';
  /** Up to the second comma, which is part of it. */
  gs2Header: string;
  bare: string;
  username: string;
  nonce: string;
}

/** What a client's first message leads to, and its last one is checked against. */
interface Challenge {
  gs2Header: string;
  nonce: string;
  /** Both first messages, as they go into the signatures. */
  firstMessages: string;
  /** As the client said it. */
  claimedName: string;
  /** Undefined for a name that is no user's: it takes the same steps with its decoy, and fails at the end. */
  user: ScramUser | undefined;
  credential: ScramCredential;
}

export class ScramExchange implements AuthenticationExchange {
  readonly #users: ScramUsers;
  readonly #serverNonce: string;
  #isAsked = false;
  #challenge: Challenge | undefined;

  /** @param serverNonce printable ASCII without a comma, unpredictable, for this exchange alone. */
  constructor(users: ScramUsers, serverNonce: string) {
    this.#users = users;
    this.#serverNonce = serverNonce;
  }

  step(data: Uint8Array | undefined): AuthenticationStep {
    // A client may wait to be asked, RFC 4422, section 3.2: it is, with nothing, and once.
    if (data === undefined && !this.#isAsked) {
      this.#isAsked = true;
      return { kind: 'continue' };
    }
    this.#isAsked = true;
    const text = textOf(data);
    if (text === undefined) return failed('invalid-encoding', 'its data is not UTF-8 text');
    return this.#challenge === undefined ? this.#onClientFirst(text) : onClientFinal(text, this.#challenge);
  }

  #onClientFirst(text: string): AuthenticationStep {
    const first = parseClientFirst(text);
    if (first.kind !== 'clientFirst') return first;
    const { gs2Header, bare, username: claimedName } = first;
    const user = this.#users.find(claimedName);
    const decoy = this.#users.decoyFor(claimedName); // made for users too: it takes time
    const credential = user?.credential ?? decoy;
    const nonce = first.nonce + this.#serverNonce;
    const serverFirst = `r=${nonce},s=${credential.salt.toString('base64')},i=${credential.iterations}`;
    const firstMessages = `${bare},${serverFirst}`;
    this.#challenge = { gs2Header, nonce, firstMessages, claimedName, user, credential };
    return { kind: 'continue', data: Buffer.from(serverFirst) };
  }
}

function onClientFinal(text: string, challenge: Challenge): AuthenticationStep {
  const { gs2Header, nonce, firstMessages, claimedName: username, user, credential } = challenge;
  const proofAt = text.lastIndexOf(',p=');
  const withoutProof = text.slice(0, Math.max(0, proofAt));
  const [binding, nonceField, ...extensions] = withoutProof.split(',');
  if (proofAt === -1 || !binding?.startsWith('c=') || !nonceField?.startsWith('r='))
    return failed('other-error', 'its last message is not c=…,r=…,p=…', username);
  if (extensions.some((field) => field.startsWith('m=')))
    return failed('extensions-not-supported', 'it asks for an extension that is not known', username);
  if (base64Bytes(binding.slice(2))?.toString() !== gs2Header)
    return failed(
      'channel-bindings-dont-match',
      'c= in its last message is not its own first header',
      username,
    );
  if (nonceField.slice(2) !== nonce)
    return failed('other-error', 'r= in its last message is not the nonce of the exchange', username);
  const proof = base64Bytes(text.slice(proofAt + 3));
  if (proof?.length !== SHA256_BYTES)
    return failed('invalid-encoding', 'p= is not Base64 of 32 bytes', username);

  const authMessage = `${firstMessages},${withoutProof}`;
  const { storedKey, serverKey } = credential;
  const clientSignature = hmac(storedKey, authMessage);
  const clientKey = proof.map((byte, i) => byte ^ (clientSignature[i] ?? 0)); // both have 32 bytes
  const isProven = timingSafeEqual(sha256(clientKey), storedKey);
  const verifier = hmac(serverKey, authMessage).toString('base64');
  if (!isProven || user === undefined)
    return failed('invalid-proof', 'the user name or the password is wrong', username);
  return { kind: 'accepted', username: user.username, data: Buffer.from(`v=${verifier}`) };
}

/** `n,,n=user,r=nonce`: header, name, nonce, and extensions that are not known and so are read over. */
function parseClientFirst(text: string): ClientFirst | AuthenticationStep {
  const header = /^(?:([ny])|p=[^,]*),(a=[^,]*)?,/.exec(text);
  if (header === null) return failed('other-error', 'its first message does not start with n,, or y,,');
  const [gs2Header, flag, authorization] = header;
  if (flag === undefined)
    return failed(
      'channel-binding-not-supported',
      `it asks for channel binding, and ${SCRAM_SHA_256} has none`,
    );
  const bare = text.slice(gs2Header.length);
  if (bare.startsWith('m='))
    return failed('extensions-not-supported', 'it asks for an extension that is not known');
  const [nameField, nonceField] = bare.split(',');
  if (!nameField?.startsWith('n=') || !nonceField?.startsWith('r='))
    return failed('other-error', 'its first message is not n=…,r=… after the header');
  const nonce = nonceField.slice(2);
  if (!/^[\x21-\x7e]+$/.test(nonce))
    return failed('other-error', 'its nonce must be printable ASCII characters, one at least');
  const username = decodeName(nameField.slice(2));
  if (username === undefined)
    return failed('invalid-username-encoding', 'its user name is empty, not by SASLprep, or has a bare "="');
  if (authorization !== undefined && decodeName(authorization.slice(2)) !== username)
    return failed('other-error', 'it wants to act for another user (a=), which nobody may', username);
  return { kind: 'clientFirst', gs2Header, bare, username, nonce };
}

/** `saslname`: "," is written =2C and "=" is written =3D. */
function decodeName(text: string): string | undefined {
  if (/=(?!2C|3D)/.test(text)) return undefined;
  return saslPrep(text.replaceAll('=2C', ',').replaceAll('=3D', '=')) || undefined;
}

function textOf(data: Uint8Array | undefined): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    // The one thing that a fatal decoder throws: these bytes are no UTF-8.
    return undefined;
  }
}

function failed(error: ScramError, what: string, username?: string): AuthenticationStep {
  return {
    kind: 'refused',
    reasonCode: ReasonCode.notAuthorized,
    message: `${SCRAM_SHA_256}: ${what} (${error})`,
    data: Buffer.from(`e=${error}`),
    ...(username !== undefined && { username }),
  };
}
