/**
 * The line above a payload in C: of which topic it is, and how long. Pure.
 *
 * A topic is whatever a device made up: it must not end the comment, and with it become code.
 */
import { cutText, makeVisible } from '../payloadText.ts';

const MAX_TOPIC_CHARACTERS = 80;

export function cComment(topic: string, payloadBytes: number): string {
  const size = payloadBytes === 1 ? '1 byte' : `${payloadBytes} bytes`;
  return `/* ${harmless(cutText(makeVisible(topic), MAX_TOPIC_CHARACTERS))}: ${size} */`;
}

/** Neither the end of a comment, nor the start of one, which compilers warn of, nor a trigraph. */
function harmless(text: string): string {
  return text
    .replace(/\*(?=\/)/g, '* ')
    .replace(/\/(?=\*)/g, '/ ')
    .replace(/\?(?=\?)/g, '? ');
}
