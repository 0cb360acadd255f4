/**
 * The longest task of the window's thread, in CPU of that thread, as Chromium traces its tasks.
 *
 * By the clock a task also takes the time in which its thread waits for a core: on two of them that flood, broker, server
 * and drawing without a graphics card share, a task of 49 ms was seen to take 197. Of that, the CPU is what VS Code and we
 * make it do, and V8's collecting of what we let go.
 */
import type { Page } from 'playwright-core';

/** Of Chromium's trace events, what is looked at. Microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** What Chromium calls a task, by its version. */
const taskNames = ['RunTask', 'ThreadControllerImpl::RunTask'];
/** VS Code's own document, and our pages, which are frames in it. */
const windowThread = 'CrRendererMain';

/** @returns CPU milliseconds. */
export async function longestTaskCpuDuring(page: Page, work: () => Promise<void>): Promise<number> {
  const session = await page.context().newCDPSession(page);
  const threads = new Set<string>();
  const longest = new Map<string, number>();
  session.on('Tracing.dataCollected', ({ value }) => {
    // Described by Chromium's trace event format.
    for (const { name, pid, tid, tdur = 0, args } of value as unknown as TraceEvent[]) {
      const thread = `${pid} ${tid}`;
      if (name === 'thread_name' && args?.name === windowThread) threads.add(thread);
      if (taskNames.includes(name)) longest.set(thread, Math.max(longest.get(thread) ?? 0, tdur));
    }
  });
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.start', {
    traceConfig: { includedCategories: ['toplevel'], recordMode: 'recordAsMuchAsPossible' },
  });
  await work();
  await session.send('Tracing.end');
  await complete;
  await session.detach();
  const ofWindow = [...threads].map((thread) => longest.get(thread) ?? 0);
  if (ofWindow.every((micros) => micros === 0)) throw new Error('Chromium traced no task of the window');
  return Math.max(...ofWindow) / 1000;
}
