/**
 * A link, as chats and manuals have it: `mqtt://user:password@broker.example:1883/topic`.
 *
 * Of `mqtt:` and `mqtts:` the path is a topic, as mosquitto's clients take it; of a WebSocket it is the path.
 */
import { decoded } from '../../../contracts/addressSecrets.ts';
import { entryOf, type ImportedConnection, type ImportNote } from './importedConnection.ts';

const schemes: Readonly<Record<string, string>> = {
  ...{ 'mqtt:': 'mqtt', 'tcp:': 'mqtt', 'mqtts:': 'mqtts', 'ssl:': 'mqtts', 'tls:': 'mqtts' },
  ...{ 'ws:': 'ws', 'wss:': 'wss' },
};

/** Undefined for what is none. */
export function readLink(text: string): ImportedConnection | undefined {
  const link = text.trim();
  if (/\s/.test(link)) return undefined;
  if (/^mqtt\+unix:\/\/\//i.test(link))
    return { entry: { name: link.slice(link.lastIndexOf('/') + 1), url: link }, secrets: {}, notes: [] };
  const url = URL.parse(link);
  const scheme = url ? schemes[url.protocol] : undefined;
  if (url === null || scheme === undefined || url.hostname === '') return undefined;
  const notes: ImportNote[] = [];
  const isWebSocket = scheme.startsWith('ws');
  const topic = isWebSocket ? '' : decoded(url.pathname.slice(1));
  if (!isWebSocket)
    for (const name of url.searchParams.keys()) notes.push({ kind: 'option', option: `?${name}=` });
  const password = decoded(url.password);
  return {
    entry: entryOf({
      name: url.hostname.replace(/^\[(.*)\]$/, '$1'),
      url: `${scheme}://${url.host}${isWebSocket ? url.pathname + url.search : ''}`,
      username: url.username === '' ? undefined : decoded(url.username),
      subscriptions: topic === '' ? undefined : [topic],
    }),
    secrets: { ...(password !== '' && { password }) },
    notes,
  };
}
