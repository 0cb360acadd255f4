/** What the page asks of the extension when its state has changed: at most one request of a kind is under way. Pure. */
import type { PacketsPageToExtension } from '../../contracts/packetsPage.ts';
import { goalToRequest, rowsToRequest } from '../shared/listState.ts';
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

  const goal = goalToRequest(list);
  const isNewGoal = goal !== goalToRequest(before.list) || list.goalRequest !== before.list.goalRequest;
  if (goal !== undefined && isNewGoal && list.view !== undefined) {
    const { viewId } = list.view;
    const at = 'id' in goal ? { id: goal.id } : goal;
    messages.push({ kind: 'findPlace', request: list.goalRequest, viewId, at });
  }
  return { messages, actions };
}
