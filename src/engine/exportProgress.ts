/** How far the writing of a file is, told to who asked for it: a few times a second, whatever is written. */
import type { Clock } from '../base/clock.ts';
import { ChangePump } from './changePump.ts';
import type { Emit } from './modelEvents.ts';

const INTERVAL_MS = 250;

/** @param progress 0 to 1, as it is when it is told. */
export function exportProgress(
  { clock, emit }: { clock: Clock; emit: Emit },
  exportId: number,
  progress: () => number,
): ChangePump {
  const send = (): boolean => {
    emit('exportProgress', { exportId, progress: progress() });
    return false;
  };
  return new ChangePump({ clock, intervalMs: INTERVAL_MS, send });
}
