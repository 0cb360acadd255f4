/** Images that a webview can draw. */
import { DecodeProblem } from './decodeProblem.ts';
import { type DecodeOutcome, type Decoder, type DecoderInput, decodedAs } from './decoder.ts';
import { imageFacts, imageTypeOf } from './imageHeaders.ts';

export const imageDecoder: Decoder = {
  id: 'image',
  label: 'Image',
  offer: (_input, { head }) => (imageTypeOf(head) === undefined ? undefined : 0.97),
  decode,
};

function decode(input: DecoderInput): DecodeOutcome {
  const mediaType = imageTypeOf(input.payload);
  if (mediaType === undefined)
    throw new DecodeProblem('This is no PNG, JPEG, GIF or WebP: it begins with none of their signatures.', {
      atByte: 0,
    });
  const { problems, ...facts } = imageFacts(input.payload, mediaType, input.isCut);
  return decodedAs({ kind: 'image', ...facts, bytes: input.payload }, problems);
}
