/** What the pages of VS Code's window hold in their heaps, ours among them, once garbage is collected. */
import type { CDPSession, Page } from 'playwright-core';

/** Bytes. A frame that is a process of its own is counted by itself; the others are in their page's. */
export async function windowHeapBytes(page: Page): Promise<number> {
  let bytes = await heapBytes(await page.context().newCDPSession(page));
  for (const frame of page.frames().slice(1)) {
    const session = await page
      .context()
      .newCDPSession(frame)
      .catch(() => undefined);
    if (session !== undefined) bytes += await heapBytes(session);
  }
  return bytes;
}

async function heapBytes(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize;
}
