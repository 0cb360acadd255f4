/** Every group of variants that is measured, in this order. The one place to add one to. */
import { growthGroups } from './growth.ts';
import { observingGroups } from './observing.ts';
import type { VariantGroup } from './series.ts';

export const groups: readonly VariantGroup[] = [...growthGroups, ...observingGroups];
