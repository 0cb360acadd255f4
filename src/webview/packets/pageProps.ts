/** What every part of the Packets view is given: the state, and the two ways to change something. */
import type { PacketsPageToExtension } from '../../contracts/packetsPage.ts';
import type { ListAction } from '../shared/listState.ts';
import type { PageAction, PageState } from './state.ts';

export interface PageProps {
  state: PageState;
  dispatch(action: PageAction): void;
  post(message: PacketsPageToExtension): void;
}

export function listAction(action: ListAction): PageAction {
  return { kind: 'list', action };
}
