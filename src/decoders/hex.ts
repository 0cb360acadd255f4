/** The bytes themselves. Fits everything, and says the least. */
import { type Decoder, decodedAs } from './decoder.ts';

export const hexDecoder: Decoder = {
  id: 'hex',
  label: 'Hex',
  offer: () => 0.02,
  decode: () => decodedAs({ kind: 'hex' }, []),
};
