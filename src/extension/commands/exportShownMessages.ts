/** Export These Messages…: those that the Messages view shows, by its filter. Asks for no topics. */
import type { Services } from '../services.ts';
import { exportMessages } from './exportMessages.ts';

export function exportShownMessages(services: Services): Promise<void> {
  return exportMessages(services, { query: services.messagesView.query });
}
