/** The filter of the Messages view, looked at. Pure. */
import { everyMessage, type MessagesFilter } from '../../contracts/messagePages.ts';

/** Everything but the mode of the text, which is the person's habit. */
const { textMode: _habit, ...withoutMode } = everyMessage;
export const noFilter: Omit<MessagesFilter, 'textMode'> = withoutMode;

/** It leaves out some messages, or marks some. */
export function isFiltered({ source, topicFilter, publisher, text }: MessagesFilter): boolean {
  const isOwn = source.kind === 'broker' && source.connection === undefined;
  return !isOwn || topicFilter !== '' || publisher !== '' || text !== '';
}
