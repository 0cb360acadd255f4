/** Stop Local Broker: disconnects every client and closes the port. */
import type { Services } from '../services.ts';

export async function stopBroker({ broker }: Services): Promise<void> {
  await broker.stop();
}
