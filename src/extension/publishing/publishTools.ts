/** The publish form and the commands around it: a bundle of its own, loaded when one of them is first used. */
export { publishSelectionOrFile } from '../commands/publishSelectionOrFile.ts';
export { stopRepeats } from '../commands/stopRepeats.ts';
export { PublishPanel } from '../panels/publishPanel.ts';
export { publishSaved } from './savedCommands.ts';
