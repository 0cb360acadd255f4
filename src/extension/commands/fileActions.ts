/** What goes into files, captures that are opened, and the code for devices. A bundle of its own: seldom needed. */
export { copyConnectionCode } from './copyConnectionCode.ts';
export { exportMessages } from './exportMessages.ts';
export { exportPackets } from './exportPackets.ts';
export { exportShownMessages } from './exportShownMessages.ts';
export { openCapture } from './openCapture.ts';
