/** What every part of the Messages view is given: the state, and the two ways to change something. */
import type { MessagesViewToExtension } from '../../contracts/messagePages.ts';
import type { ListAction } from '../shared/listState.ts';
import type { PageAction, PageState } from './state.ts';

export interface PageProps {
  state: PageState;
  dispatch(action: PageAction): void;
  post(message: MessagesViewToExtension): void;
}

export function listAction(action: ListAction): PageAction {
  return { kind: 'list', action };
}
