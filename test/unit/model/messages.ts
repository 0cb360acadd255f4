/** Messages for the tests of the model, with what a test does not care about filled in. */
import type { IncomingMessage } from '../../../src/model/loggedMessage.ts';

export function incoming(payload: string | Uint8Array, more: Partial<IncomingMessage> = {}): IncomingMessage {
  return {
    payload: typeof payload === 'string' ? new TextEncoder().encode(payload) : payload,
    qos: 0,
    retain: false,
    receivedAtMs: 1000,
    isWill: false,
    ...more,
  };
}

export function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
