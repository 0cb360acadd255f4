/** Whether a message costs the same however much the broker holds, and how much memory each thing takes. */
import { startBroker } from './brokers/brokers.ts';
import type { FlowLoad } from './load/loads.ts';
import type { Variant, VariantGroup } from './series.ts';
import { base } from './workloads.ts';

/**
 * So few that each message comes alone: at more, ten publishers would have several of theirs read at once, five thousand
 * would not, and what were compared is that. So long that each of five thousand has sent some before it is measured.
 */
const ofMany = { messagesPerSecond: 5_000, warmUpMs: 1_500, measureMs: 1_500 } as const;

export const growthGroups: readonly VariantGroup[] = [
  growth('subscription', [10, 100, 1_000, 10_000], (exact) => ({
    // To ten topics at any size: what is asked is whether the others cost anything. Messages to all 10,000 in turn are a
    // workload of their own.
    filters: { exact, wildcard: 0, published: 10 },
  })),
  growth('connection', [10, 100, 1_000, 5_000], (publishers) => ({ publishers, ...ofMany })),
  growth('retained message', [1_000, 10_000, 100_000, 1_000_000], (retained) => ({ retained })),
];

function growth(
  thing: string,
  sizes: readonly [number, ...number[]],
  load: (size: number) => Partial<FlowLoad>,
): VariantGroup {
  const variant = (things: number): Variant => ({
    name: things.toLocaleString('en'),
    things,
    load: { ...base, ...load(things) },
    start: (options) => startBroker('workbench', options),
  });
  const [first, ...others] = sizes;
  return {
    id: `growth-${thing.replace(' ', '-')}s`,
    name: `CPU of a message over ${thing}s`,
    figures: ['cpuPerMillion'],
    budget: { atMost: 1.2 },
    memoryOf: thing,
    contenders: [variant(first), ...others.map(variant)],
  };
}
