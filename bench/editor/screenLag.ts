/**
 * How far behind the screen is meanwhile: what the Topics tree shows of a topic whose payload is the time, and the newest
 * row of the Messages view; and how long the window's own thread was held. Looked at in the page (page/screenWatch.js).
 */
import type { Page } from 'playwright-core';
import { runPageScript } from './runPageScript.ts';

export interface ScreenLag {
  /** The oldest that was shown. Milliseconds. */
  treeMaxMs: number;
  messagesMaxMs: number;
  /** Longest task of the window's main thread; those under 50 ms count 0. */
  stallMaxMs: number;
  /** The same, of those in our pages. */
  pageStallMaxMs: number;
  /** How often there was something to look at. */
  treeLooks: number;
  messagesLooks: number;
}

/** Before anything was looked at. */
export const noLag: ScreenLag = {
  treeMaxMs: 0,
  messagesMaxMs: 0,
  stallMaxMs: 0,
  pageStallMaxMs: 0,
  treeLooks: 0,
  messagesLooks: 0,
};

/**
 * @param markerLabel of the row whose payload is the time. It must be in sight.
 * @param settleMs from the beginning of the work until what is shown counts. The window's thread is watched all the time.
 */
export async function lagDuring(
  page: Page,
  markerLabel: string,
  settleMs: number,
  work: () => Promise<void>,
): Promise<ScreenLag> {
  const watch = [markerLabel, settleMs, noLag].map((value) => JSON.stringify(value)).join(', ');
  await runPageScript(page, 'screenWatch.js', `window.beginScreenWatch(${watch})`);
  await work();
  return page.evaluate<ScreenLag>('window.endScreenWatch()');
}
