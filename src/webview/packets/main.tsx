/** Composes the Packets view. */
import type { PacketsFilter } from '../../contracts/packetsPage.ts';
import { startListPage } from '../shared/listPage.tsx';
import { requestsOf } from './requests.ts';
import { initialState, isUsable, reduce } from './state.ts';
import { PacketsPage } from './view.tsx';

startListPage({
  ...{ name: 'Packets view', initialState, reduce, isUsable, requestsOf, view: PacketsPage },
  typed: ({ topicFilter, client }: PacketsFilter) => [topicFilter, client],
});
