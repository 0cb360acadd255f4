/**
 * Show Packets: the Packets view, about the client that a row stands for, or as it was where it is called without one.
 *
 * Nothing is switched on by looking: the view says that the trace is off, and offers to start it.
 */
import type { Services } from '../services.ts';
import { clientArgument } from './arguments.ts';

export async function showPackets({ packetsView }: Services, argument: unknown): Promise<void> {
  const client = clientArgument(argument);
  await (client === undefined ? packetsView.show() : packetsView.open({ client }));
}
