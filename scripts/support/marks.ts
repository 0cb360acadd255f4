/** How a line of `npm test` begins, coloured where the terminal shows colours. */

import { styleText } from 'node:util';

export const passedMark = styleText('green', '✔');
export const failedMark = styleText('red', '✖');
export const skippedMark = styleText('yellow', '–');
