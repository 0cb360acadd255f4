/** The filter of the Messages view, looked at. Pure. */
import { LOCAL_BROKER, type OtherConnectionKind } from '../../contracts/connections.ts';
import { everyMessage, type MessagesFilter, type NamedConnection } from '../../contracts/messagePages.ts';

/** Everything but the mode of the text, which is the person's habit. */
const { textMode: _habit, ...withoutMode } = everyMessage;
export const noFilter: Omit<MessagesFilter, 'textMode'> = withoutMode;

/** It leaves out some messages, or marks some. */
export function isFiltered({ source, topicFilter, publisher, text }: MessagesFilter): boolean {
  const isOwn = source.kind === 'broker' && source.connection === undefined;
  return !isOwn || topicFilter !== '' || publisher !== '' || text !== '';
}

/** Whose messages are shown, and `gone` for a connection that is there no longer: what is said of it differs. */
export function originOf(
  { source }: MessagesFilter,
  connections: readonly NamedConnection[],
): 'localBroker' | OtherConnectionKind | 'gone' {
  if (source.kind !== 'broker' || (source.connection ?? LOCAL_BROKER) === LOCAL_BROKER) return 'localBroker';
  return connections.find(({ connection }) => connection === source.connection)?.kind ?? 'gone';
}
