/** Composes the Messages view. */
import type { MessagesFilter } from '../../contracts/messagePages.ts';
import { startListPage } from '../shared/listPage.tsx';
import { requestsOf } from './requests.ts';
import { initialState, isUsable, reduce } from './state.ts';
import { MessagesPage } from './view.tsx';

startListPage({
  ...{ name: 'Messages view', initialState, reduce, isUsable, requestsOf, view: MessagesPage },
  typed: ({ topicFilter, publisher, text }: MessagesFilter) => [topicFilter, publisher, text],
});
