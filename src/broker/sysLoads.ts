/**
 * How much goes through the broker a minute: moving averages over 1, 5 and 15 minutes, reckoned as mosquitto does.
 *
 * As with the load of a Unix system, an average forgets exponentially: after its period, what was before counts for
 * 1/e. A new one starts at 0.
 */
import type { BrokerCounters } from './counters.ts';

export const loadPeriodsMinutes = [1, 5, 15] as const;

const totals = {
  'messages/received': ({ packetsReceived }) => packetsReceived,
  'messages/sent': ({ packetsSent }) => packetsSent,
  'publish/dropped': ({ messagesDropped }) => messagesDropped,
  'publish/received': ({ messagesReceived }) => messagesReceived,
  'publish/sent': ({ messagesDelivered }) => messagesDelivered,
  'bytes/received': ({ bytesReceived }) => bytesReceived,
  'bytes/sent': ({ bytesSent }) => bytesSent,
  sockets: ({ connectionsAccepted }) => connectionsAccepted,
  connections: ({ connectsReceived }) => connectsReceived,
} as const satisfies Record<string, (counters: Readonly<BrokerCounters>) => number>;

export type LoadName = keyof typeof totals;
export type LoadPeriodMinutes = (typeof loadPeriodsMinutes)[number];

export const loadNames = Object.keys(totals) as readonly LoadName[]; // of the table above

interface Load {
  total: number;
  /** In the order of `loadPeriodsMinutes`. */
  readonly averages: number[];
}

export class SysLoads {
  readonly #loads: ReadonlyMap<LoadName, Load> = new Map(
    loadNames.map((name) => [name, { total: 0, averages: loadPeriodsMinutes.map(() => 0) }]),
  );

  /** @param elapsedSeconds since the last update, above 0. */
  update(counters: Readonly<BrokerCounters>, elapsedSeconds: number): void {
    for (const [name, load] of this.#loads) {
      const total = totals[name](counters);
      const perMinute = ((total - load.total) * 60) / elapsedSeconds;
      load.total = total;
      for (const [i, minutes] of loadPeriodsMinutes.entries()) {
        const kept = Math.exp(-elapsedSeconds / (60 * minutes));
        load.averages[i] = perMinute + kept * ((load.averages[i] ?? 0) - perMinute);
      }
    }
  }

  /** A minute. */
  average(name: LoadName, periodMinutes: LoadPeriodMinutes): number {
    return this.#loads.get(name)?.averages[loadPeriodsMinutes.indexOf(periodMinutes)] ?? 0;
  }
}
