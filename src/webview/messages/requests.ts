/**
 * What the page asks of the extension when its state has changed: at most one request of a kind is under way. Pure.
 */
import type { MessagesViewToExtension } from '../../contracts/messagePages.ts';
import { requestFor } from '../message/shownMessage.ts';
import { placeToRequest, rowsToRequest } from '../shared/listState.ts';
import type { PageAction, PageState } from './state.ts';

export interface Requests {
  messages: readonly MessagesViewToExtension[];
  /** What the state must know of them. */
  actions: readonly PageAction[];
}

export function requestsOf(before: PageState, after: PageState): Requests {
  const messages: MessagesViewToExtension[] = [];
  const actions: PageAction[] = [];
  const { list, shown, search } = after;

  const rows = rowsToRequest(list);
  if (rows !== undefined) {
    messages.push({ kind: 'requestRows', ...rows });
    actions.push({ kind: 'list', action: { kind: 'rowsRequested' } });
  }

  const detail = requestFor(shown);
  if (detail !== undefined) {
    messages.push(detail);
    actions.push({ kind: 'shown', action: { kind: 'requested', id: detail.id, isWhole: detail.whole } });
  }

  const place = placeToRequest(before.list, list);
  if (place !== undefined) messages.push({ kind: 'findPlace', ...place });

  if (search !== undefined && after.searchRequest !== before.searchRequest && list.view !== undefined) {
    const { text, from, direction } = search;
    const { viewId } = list.view;
    messages.push({ kind: 'findText', request: after.searchRequest, viewId, text, from, direction });
  }

  const { awaitedOffset, detail: shownDetail } = shown;
  if (
    awaitedOffset !== undefined &&
    awaitedOffset !== before.shown.awaitedOffset &&
    shownDetail !== undefined
  )
    messages.push({ kind: 'requestPart', id: shownDetail.id, offset: awaitedOffset });

  const selectedId = list.selected?.row?.id;
  if (selectedId !== before.list.selected?.row?.id) messages.push({ kind: 'selected', id: selectedId });
  return { messages, actions };
}
