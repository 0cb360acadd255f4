/** Which tab shows what the engine's decoders made of a payload, and what it is called. Pure. */
import type { DecodedMessage, DecoderTrial, DecodingCandidate } from '../../contracts/decoding.ts';
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

/**
 * Whether a tab shows the very bytes that are here, of a long payload a part: the page's own tabs do, and a decoder that
 * made nothing of them.
 */
export function showsOwnBytes(tab: PayloadTab, decoded: DecodedMessage | undefined): boolean {
  if (tab !== 'decoded' || decoded === undefined) return true;
  const { outcome } = decoded;
  return outcome.kind === 'failed' || (outcome.view.kind === 'hex' && outcome.view.bytes === undefined);
}

/** The menu's entry for the likeliest decoder. No key of a candidate. */
export const automaticKey = 'automatic';

/** Of the menu's entries, the one that holds: at once what the person tries, which may not have come yet. */
export function menuKeyOf({ candidates, used }: DecodedMessage, tried: DecoderTrial | undefined): string {
  if (tried === 'automatic') return automaticKey;
  const key = tried && candidateKey(tried);
  if (key !== undefined && candidates.some((each) => candidateKey(each) === key)) return key;
  return used.isChosen ? candidateKey(used) : automaticKey;
}

/** What of two candidates is the same decoder. */
export function candidateKey({ id, via }: Pick<DecodingCandidate, 'id' | 'via'>): string {
  return [id, ...via].join(' ');
}

/** `CBOR (gzip)` */
export function candidateLabel({ label, via }: Pick<DecodingCandidate, 'label' | 'via'>): string {
  return via.length === 0 ? label : `${label} (${via.join(', ')})`;
}
