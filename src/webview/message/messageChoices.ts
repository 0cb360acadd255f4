/** How a person wants messages to be shown. Survives hiding the page. */
import type { PayloadTab } from './decoding.ts';

export interface MessageChoices {
  /** The person's own choice of tab; `automatic` fits the tab to each payload. */
  tab: PayloadTab | 'automatic';
  factsOpen: boolean;
}

export const defaultMessageChoices: MessageChoices = { tab: 'automatic', factsOpen: true };
