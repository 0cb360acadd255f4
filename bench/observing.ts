/** What it costs that somebody looks: the same messages with and without. */
import { startObserved } from './brokers/brokers.ts';
import type { FlowLoad } from './load/loads.ts';
import type { VariantGroup } from './series.ts';
import { base } from './workloads.ts';

const qos1 = { ...base, qos: 1, window: 20 } as const;
/** 20,000 packets a second: each message is one in and one out. What devices on a desk send, and each a write of its own. */
const steady = { ...base, messagesPerSecond: 10_000 } as const;

export const observingGroups: readonly VariantGroup[] = [
  observing('model', 'topics counted and history kept', base, 'QoS 0', 1.25),
  observing('model', 'topics counted and history kept', qos1, 'QoS 1', 1.25),
  observing('trace', 'every packet kept', base, 'QoS 0', 2),
  observing('trace', 'every packet kept', qos1, 'QoS 1', 2),
  {
    ...observing('trace', 'every packet kept', steady, '20,000 packets a second', 2),
    id: 'observing-trace-steady',
  },
];

function observing(
  look: 'model' | 'trace',
  what: string,
  load: FlowLoad,
  name: string,
  atMost: number,
): VariantGroup {
  return {
    id: `observing-${look}-qos${load.qos}`,
    name: `CPU of a message with somebody looking: ${what}, ${name}`,
    figures: ['cpuPerMillion'],
    budget: { atMost },
    contenders: [
      { name: 'nobody', load, start: (options) => startObserved('none', options) },
      { name: look, load, start: (options) => startObserved(look, options) },
    ],
  };
}
