/** The filter of the Messages view, looked at. Pure. */
import { LOCAL_BROKER } from '../../contracts/connections.ts';
import { everyMessage, type MessagesFilter, type NamedRecording } from '../../contracts/messagePages.ts';

/** Everything but the mode of the text, which is the person's habit. */
const { textMode: _habit, ...withoutMode } = everyMessage;
export const noFilter: Omit<MessagesFilter, 'textMode'> = withoutMode;

/** It leaves out some messages, or marks some. */
export function isFiltered({ source, topicFilter, publisher, text }: MessagesFilter): boolean {
  const isOwn = source.kind === 'broker' && source.connection === undefined;
  return !isOwn || topicFilter !== '' || publisher !== '' || text !== '';
}

/** Whether messages can still come: what a recording has does not depend on the broker. */
export function originOf(
  { source }: MessagesFilter,
  recordings: readonly NamedRecording[],
): 'live' | 'recording' | 'closedRecording' {
  if (source.kind !== 'broker' || (source.connection ?? LOCAL_BROKER) === LOCAL_BROKER) return 'live';
  const isOpen = recordings.some(({ connection }) => connection === source.connection);
  return isOpen ? 'recording' : 'closedRecording';
}
