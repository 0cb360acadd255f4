/** How bytes and a peer's strings are written in the message of a fault: on one line, and never as long as a packet. */

/** Two digits, without 0x. */
export function hexByte(byte: number | undefined): string {
  return (byte ?? 0).toString(16).padStart(2, '0').toUpperCase();
}

/** A peer's string: in quotes, without line breaks, and cut where it gets long. */
export function quoted(text: string): string {
  return text.length <= MAX_QUOTED_LENGTH
    ? JSON.stringify(text)
    : `${JSON.stringify(text.slice(0, MAX_QUOTED_LENGTH))}… (${text.length} characters)`;
}

const MAX_QUOTED_LENGTH = 80;
