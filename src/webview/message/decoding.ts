/** Which tab shows what the engine's decoders made of a payload, and what it is called. Pure. */
import type { DecodedMessage, DecodingCandidate } from '../../contracts/decoding.ts';
import type { PayloadContent, RawTab } from './payload.ts';

/** `decoded`: what the engine's decoder made of the payload, where that is not what the page itself reads. */
export type PayloadTab = RawTab | 'decoded';

/** The tab of a decoder. One that has failed must be seen. */
export function tabOf({ outcome }: DecodedMessage): PayloadTab {
  return outcome.kind === 'decoded' && outcome.view.kind === 'asItCame' ? outcome.view.as : 'decoded';
}

/**
 * The tab that shows most of what the payload means.
 *
 * @param isTried the person has picked the decoder for now.
 */
export function bestTabOf(
  content: PayloadContent,
  decoded: DecodedMessage | undefined,
  isTried: boolean,
): PayloadTab {
  if (decoded === undefined) return content.bestTab;
  const tab = tabOf(decoded);
  // The page knows best which of its own readings fits, unless the person has said it.
  return tab === 'decoded' || decoded.used.isChosen || isTried ? tab : content.bestTab;
}

/** What of two candidates is the same decoder. */
export function candidateKey({ id, via }: Pick<DecodingCandidate, 'id' | 'via'>): string {
  return [id, ...via].join(' ');
}

/** `CBOR (gzip)` */
export function candidateLabel({ label, via }: Pick<DecodingCandidate, 'label' | 'via'>): string {
  return via.length === 0 ? label : `${label} (${via.join(', ')})`;
}
