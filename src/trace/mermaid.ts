/**
 * A conversation as a sequence diagram in Mermaid's text: a lane for each client, the broker between them.
 *
 * What devices are called and publish on is data: every character that could mean something to Mermaid or to HTML
 * goes in by its number.
 */

import { packetKindOfType } from '../mqtt/packetTypes.ts';
import type { Conversation } from './conversation.ts';
import { sessionOf, type TracedPacket } from './exchanges.ts';
import { shownString } from './shownValue.ts';
import { summarizePacket } from './summarizePacket.ts';

/** A picture of more is none. */
const MAX_STEPS = 200;

/** @param packetOf the packet with an id; undefined for one that is no longer held. @param note what to say of it, below. */
export function mermaidOf(
  conversation: Conversation,
  packetOf: (id: number) => TracedPacket | undefined,
  note?: string,
): string {
  const lanes = lanesOf(conversation);
  const lines = ['sequenceDiagram'];
  const publisherLane = conversation.publisher && lanes.get(sessionOf(conversation.publisher));
  if (publisherLane !== undefined) lines.push(participant(publisherLane));
  lines.push('  participant B as Broker');
  for (const lane of lanes.values()) if (lane !== publisherLane) lines.push(participant(lane));
  let startMs: number | undefined;
  for (const id of conversation.packets.slice(0, MAX_STEPS)) {
    const packet = packetOf(id);
    const lane = packet && lanes.get(sessionOf(packet));
    if (packet === undefined || lane === undefined) continue;
    startMs ??= packet.atMs;
    const [from, to] = packet.direction === 'in' ? [lane.id, 'B'] : ['B', lane.id];
    lines.push(`  ${from}${arrowOf(packet)}${to}: ${labelOf(packet, startMs)}`);
  }
  const rest = conversation.packets.length - MAX_STEPS;
  if (rest > 0) lines.push(`  Note over B: and ${rest} more packets`);
  if (note !== undefined) lines.push(`  Note over B: ${escapeMermaid(note)}`);
  return `${lines.join('\n')}\n`;
}

interface Lane {
  readonly id: string;
  readonly name: string;
}

/** By session. The publisher may be one of the subscribers. */
function lanesOf({ publisher, subscribers }: Conversation): Map<string, Lane> {
  const lanes = new Map<string, Lane>();
  for (const exchange of [...(publisher === undefined ? [] : [publisher]), ...subscribers]) {
    const session = sessionOf(exchange);
    const name =
      exchange.clientId === '' ? `connection ${exchange.connectionId}` : shownString(exchange.clientId);
    if (!lanes.has(session)) lanes.set(session, { id: `C${lanes.size + 1}`, name });
  }
  return lanes;
}

function participant({ id, name }: Lane): string {
  return `  participant ${id} as ${escapeMermaid(name)}`;
}

/** What acknowledges is dashed. */
function arrowOf({ bytes }: TracedPacket): string {
  return packetKindOfType((bytes[0] ?? 0) >> 4) === 'publish' ? '->>' : '-->>';
}

function labelOf({ bytes, protocolVersion, atMs }: TracedPacket, startMs: number): string {
  const kind = packetKindOfType((bytes[0] ?? 0) >> 4)?.toUpperCase() ?? 'unknown';
  return escapeMermaid(`${kind} ${summarizePacket(bytes, protocolVersion)} (${sinceStart(atMs - startMs)})`);
}

function sinceStart(ms: number): string {
  return ms < 1000 ? `+${Number(ms.toFixed(1))} ms` : `+${Number((ms / 1000).toFixed(3))} s`;
}

/** Letters and digits of any script, and marks that mean nothing there, as they are; all others by number. */
export function escapeMermaid(text: string): string {
  return (
    text
      .replace(/[^\p{L}\p{N} ._/()·…-]/gu, (character) => `#${character.codePointAt(0)};`)
      // Mermaid takes the word for the end of a block.
      .replace(/\bend\b/gi, (word) => `#${word.charCodeAt(0)};${word.slice(1)}`)
  );
}
