/** A network that is none: what is said on it is kept, and what is heard comes from the test. */
import type { IncomingMessage, OpenLink, Probe, Response } from '../../../src/discovery/link.ts';

export class FakeNetwork {
  /** In order: `10.0.0.1 probe`. */
  readonly sent: { address: string; message: Probe | Response }[] = [];
  readonly open = new Map<string, (message: IncomingMessage) => void>();
  /** By address, why it can't be had. */
  readonly failures = new Map<string, string>();

  readonly openLink: OpenLink = async (address, onMessage) => {
    const message = this.failures.get(address);
    if (message !== undefined) return { kind: 'failed', message };
    this.open.set(address, onMessage);
    const link = {
      send: async (each: Probe | Response) => void this.sent.push({ address, message: each }),
      close: async () => void this.open.delete(address),
    };
    return { kind: 'open', link };
  };

  /** As `address` hears it. */
  hear(address: string, message: Partial<IncomingMessage>): void {
    const from = { address: address.replace(/\d+$/, '77'), port: 5353 };
    const rest = { id: 0, questions: [], answers: [], authorities: [], from };
    this.open.get(address)?.({ kind: 'query', ...rest, ...message });
  }

  /** What was said since this was asked for the last time. */
  takeSent(): { address: string; message: Probe | Response }[] {
    return this.sent.splice(0);
  }
}
