/** What the page asks of the extension when its state has changed: at most one request of a kind is under way. Pure. */
import type { PacketsPageToExtension } from '../../contracts/packetsPage.ts';
import { placeToRequest, rowsToRequest } from '../shared/listState.ts';
import { type PageAction, type PageState, packetToRequest } from './state.ts';

export interface Requests {
  messages: readonly PacketsPageToExtension[];
  /** What the state must know of them. */
  actions: readonly PageAction[];
}

export function requestsOf(before: PageState, after: PageState): Requests {
  const messages: PacketsPageToExtension[] = [];
  const actions: PageAction[] = [];
  const { list } = after;

  const rows = rowsToRequest(list);
  if (rows !== undefined) {
    messages.push({ kind: 'requestRows', ...rows });
    actions.push({ kind: 'list', action: { kind: 'rowsRequested' } });
  }

  const id = packetToRequest(after);
  if (id !== undefined) {
    messages.push({ kind: 'requestPacket', id });
    actions.push({ kind: 'packetRequested', id });
  }

  const place = placeToRequest(before.list, list);
  if (place !== undefined) messages.push({ kind: 'findPlace', ...place });
  return { messages, actions };
}
