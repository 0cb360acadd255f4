/** Add Connection…: the form, with nothing in it yet. */
import type { Services } from '../services.ts';

export async function addConnection({ connectionForms }: Services): Promise<void> {
  (await connectionForms()).open(undefined);
}
