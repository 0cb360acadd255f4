/** Images: headers byte by byte. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hex } from '../../support/bytes.ts';
import { decodeAs, decodedOf, failureOf, offered } from '../../support/decoding.ts';

const png = hex(`
  89 "PNG" 0D 0A 1A 0A
  00 00 00 0D "IHDR" 00 00 01 40  00 00 00 F0  08 02 00 00 00  00 00 00 00   # 320 by 240
  00 00 00 01 "IDAT" 00 00 00 00 00
  00 00 00 00 "IEND" AE 42 60 82
`);
const jpeg = hex(`
  FF D8
  FF E0 00 10 "JFIF" 00 01 01 00 00 01 00 01 00 00
  FF FF DB 00 03 00                                     # a fill byte, then a table
  FF C4 00 03 00                                        # C4 is a table too, not a frame
  FF C2 00 0B 08 00 F0 01 40 01 00 11 00                # frame: 240 high, 320 wide
  FF DA 00 02 11 22 33
  FF D9
`);
const gif = hex('"GIF89a" 40 01 F0 00 00 00 00  2C 00 3B');
const webpLossy = hex(`
  "RIFF" 16 00 00 00 "WEBP"
  "VP8 " 0A 00 00 00  00 00 00 9D 01 2A  40 01 F0 00
`);
const webpLossless = hex('"RIFF" 11 00 00 00 "WEBP" "VP8L" 05 00 00 00 2F  3F C1 3B 00');
const webpExtended = hex('"RIFF" 16 00 00 00 "WEBP" "VP8X" 0A 00 00 00 00 00 00 00  3F 01 00  EF 00 00');

const images: [what: string, payload: Uint8Array, mediaType: string][] = [
  ['a PNG', png, 'image/png'],
  ['a JPEG', jpeg, 'image/jpeg'],
  ['a GIF', gif, 'image/gif'],
  ['a lossy WebP', webpLossy, 'image/webp'],
  ['a lossless WebP', webpLossless, 'image/webp'],
  ['an extended WebP', webpExtended, 'image/webp'],
];
for (const [what, payload, mediaType] of images) {
  test(`${what} is the first offer, and its size is read from its header`, async () => {
    assert.equal(offered(payload)[0], 'image');
    const { view, notes } = decodedOf(await decodeAs('image', payload));
    assert.deepEqual(view, { kind: 'image', mediaType, widthPixels: 320, heightPixels: 240, bytes: payload });
    assert.deepEqual(notes, []);
  });

  test(`${what} without its last byte is told to be incomplete`, async () => {
    const { notes } = decodedOf(await decodeAs('image', payload.subarray(0, -1)));
    assert.match(notes.join(), /ends early or is damaged/);
  });

  test(`${what} that was cut by a limit is told to be cut, and not damaged`, async () => {
    const { notes } = decodedOf(await decodeAs('image', payload.subarray(0, -1), {}, { isCut: true }));
    assert.match(notes.join(), /Only the first bytes are here/);
    assert.doesNotMatch(notes.join(), /damaged: some/);
  });

  test(`${what} of any length has an outcome`, async () => {
    for (let length = 12; length < payload.length; length++)
      decodedOf(await decodeAs('image', payload.subarray(0, length)));
  });
}

test('a signature alone has no size, and that is told', async () => {
  const { view, notes } = decodedOf(await decodeAs('image', hex('89 "PNG" 0D 0A 1A 0A')));
  assert.equal(view.kind === 'image' && view.widthPixels, undefined);
  assert.match(notes.join(), /size is not known/);
});

test('an image without pixels is told', async () => {
  const { notes } = decodedOf(await decodeAs('image', hex('"GIF89a" 00 00 F0 00 00 3B')));
  assert.match(notes.join(), /no pixels/);
});

test('other bytes are no image', async () => {
  assert.match(failureOf(await decodeAs('image', hex('00 01'))).message, /no PNG, JPEG, GIF or WebP/);
});
