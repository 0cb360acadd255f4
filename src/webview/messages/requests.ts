/**
 * What the page asks of the extension when its state has changed: at most one request of a kind is under way. Pure.
 */
import type { MessagesViewToExtension } from '../../contracts/messagePages.ts';
import { requestFor } from '../message/shownMessage.ts';
import { goalToRequest, rowsToRequest } from '../shared/listState.ts';
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

  const goal = goalToRequest(list);
  const isNewGoal = goal !== goalToRequest(before.list) || list.goalRequest !== before.list.goalRequest;
  if (goal !== undefined && isNewGoal && list.view !== undefined) {
    const { viewId } = list.view;
    const at = 'id' in goal ? { id: goal.id } : goal;
    messages.push({ kind: 'findPlace', request: list.goalRequest, viewId, at });
  }

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
