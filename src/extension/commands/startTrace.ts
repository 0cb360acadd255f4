/** Start Packet Trace: from now on every packet is kept, and the Packets view shows them. */
import type { Services } from '../services.ts';

export async function startTrace({ traceSwitch, packetsView }: Services): Promise<void> {
  await traceSwitch.start();
  await packetsView.show();
}
