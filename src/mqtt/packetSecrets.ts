/**
 * Where in a packet the secrets are: the password of CONNECT, and the data of an enhanced authentication in CONNECT,
 * CONNACK and AUTH. For who keeps or shows packets: these bytes are nobody's to read.
 *
 * Reads broken packets too, and never throws. Where it loses its way, everything that follows counts as secret: a
 * password behind a wrong length is still one. Sections 3.1.3.6 and 4.12 of 5.0, 3.1.3.5 of 3.1.1.
 */
import { type ByteRange, LooseReader } from './looseReader.ts';
import type { ProtocolVersion } from './packets.ts';

const CONNECT = 1;
const CONNACK = 2;
const AUTH = 15;

const WILL_FLAG = 0x04;
const PASSWORD_FLAG = 0x40;
const USERNAME_FLAG = 0x80;
const AUTHENTICATION_DATA = 0x16;

/** Whether a packet that starts with this byte may have secrets at all. */
export function mayHaveSecrets(firstByte: number): boolean {
  const type = firstByte >> 4;
  return type === CONNECT || type === CONNACK || type === AUTH;
}

/** @param bytes a packet, or as much of one as came. @param protocolVersion of its connection; CONNECT says its own. */
export function secretRangesOf(bytes: Uint8Array, protocolVersion: ProtocolVersion): readonly ByteRange[] {
  if (bytes.length === 0 || !mayHaveSecrets(bytes[0]!)) return []; // there is one
  const reader = new LooseReader(bytes);
  const secrets: ByteRange[] = [];
  const visit = (id: number, value: ByteRange): void => {
    if (id === AUTHENTICATION_DATA && value.end > value.start) secrets.push(value);
  };
  switch (bytes[0]! >> 4) {
    case CONNECT:
      readConnect(reader, secrets, visit);
      break;
    case CONNACK:
      reader.skip(2);
      if (protocolVersion === 5) reader.properties(visit);
      break;
    case AUTH:
      // Neither is there where the reason code is 0. Section 3.15.2.1.
      if (!reader.isAtEnd) reader.skip(1);
      if (!reader.isAtEnd) reader.properties(visit);
      break;
  }
  // What is left belongs to no field that is known of.
  if (reader.at < bytes.length) secrets.push({ start: reader.at, end: bytes.length });
  return secrets;
}

function readConnect(
  reader: LooseReader,
  secrets: ByteRange[],
  visit: (id: number, value: ByteRange) => void,
): void {
  reader.string();
  const level = reader.byte();
  const flags = reader.byte();
  reader.skip(2);
  if (level !== 3 && level !== 4 && level !== 5) {
    reader.lose();
    return;
  }
  if (level === 5) reader.properties(visit);
  reader.string();
  if ((flags & WILL_FLAG) !== 0) {
    if (level === 5) reader.properties();
    reader.string();
    reader.string();
  }
  if ((flags & USERNAME_FLAG) !== 0) reader.string();
  if ((flags & PASSWORD_FLAG) === 0) return;
  const password = reader.string();
  if (password.end > password.start) secrets.push(password);
}
