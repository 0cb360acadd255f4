/** Edit Connection in Settings: where all that a profile can have is completed and described. */
import type { Services } from '../services.ts';
import { connectionOfArgument } from './connectionSteps.ts';

export async function editConnectionInSettings(services: Services, argument: unknown): Promise<void> {
  await services.connectionSettings.show(connectionOfArgument(services, argument)?.profile);
}
