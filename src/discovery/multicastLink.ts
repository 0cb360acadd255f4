/**
 * A `Link` over UDP port 5353 of one interface, by the package multicast-dns, which nobody else imports: it owns the
 * socket, the membership in the group and the bytes of DNS.
 *
 * The port is shared: most machines have a responder of their own on it.
 */
import makeMulticastDns from 'multicast-dns';
import { messageOf } from '../base/messageOf.ts';
import type { Endpoint, IncomingMessage, Link, OpenLink, Probe, Response } from './link.ts';
import type { ForeignRecord } from './records.ts';

type MulticastDns = ReturnType<typeof makeMulticastDns>;
export const openMulticastLink: OpenLink = (address, onMessage) =>
  new Promise((resolve) => {
    // Bound to every address: one that is bound to its interface's does not hear what goes to the group.
    const dns = makeMulticastDns({ interface: address, bind: '0.0.0.0' });
    const link = linkOf(dns);
    let isSettled = false;
    const fail = (message: string): void => {
      // Once it is open, what goes wrong goes by: a network that is down for a moment is heard again after it.
      if (isSettled) return;
      isSettled = true;
      void link.close().then(() => resolve({ kind: 'failed', message }));
    };
    dns.on('error', (error) => fail(`UDP port 5353 can't be had: ${messageOf(error)}`));
    dns.on('warning', (error) => {
      // What can't be decoded is a warning too, and nobody's trouble here.
      if ('syscall' in error && error.syscall === 'addMembership') fail(messageOf(error));
    });
    dns.on('ready', () => {
      if (!isSettled) resolve({ kind: 'open', link });
      isSettled = true;
    });
    for (const kind of ['query', 'response'] as const)
      dns.on(kind, (packet: ForeignPacket, from: Endpoint) => onMessage(incoming(kind, packet, from)));
  });

function linkOf(dns: MulticastDns): Link {
  return {
    send: (message) =>
      new Promise((resolve) => {
        const done = (): void => resolve();
        // `never`: the package's types know no question for `ANY`, nor one in an answer. Its bytes do.
        if (message.kind === 'probe') dns.query(probeOf(message) as never, done);
        else if (message.to === undefined) dns.respond(responseOf(message) as never, done);
        else dns.respond(responseOf(message) as never, message.to.endpoint, done);
      }),
    close: () => new Promise((resolve) => dns.destroy(() => resolve())),
  };
}

function probeOf({ names, authorities }: Probe): object {
  return { questions: names.map((name) => ({ name, type: 'ANY' })), authorities };
}

function responseOf({ answers, additionals = [], to }: Response): object {
  return { ...(to !== undefined && { id: to.id, questions: [to.question] }), answers, additionals };
}

interface ForeignPacket {
  readonly id?: number;
  readonly questions?: readonly { name: string; type: string }[];
  readonly answers?: readonly unknown[];
  readonly additionals?: readonly unknown[];
  readonly authorities?: readonly unknown[];
}

function incoming(
  kind: IncomingMessage['kind'],
  { id = 0, questions = [], answers = [], additionals = [], authorities = [] }: ForeignPacket,
  { address, port }: Endpoint,
): IncomingMessage {
  // In a response, what comes along says as much as what was asked for.
  const said = kind === 'query' ? answers : [...answers, ...additionals];
  return {
    ...{ kind, id },
    questions: questions.map(({ name, type }) => ({ name, type })),
    answers: said as ForeignRecord[],
    authorities: authorities as ForeignRecord[],
    from: { address, port },
  };
}
