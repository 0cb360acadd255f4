/**
 * Restart: with the settings as they are now, and what was chosen over them (another port, an exposure).
 * A clean start: retained messages and sessions are forgotten.
 */
import type { Services } from '../services.ts';
import { launch } from './launch.ts';

export async function restartBroker(services: Services): Promise<void> {
  const { broker } = services;
  await launch(services, (answers) => broker.restart(answers));
}
