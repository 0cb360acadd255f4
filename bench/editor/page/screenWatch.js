// Runs in VS Code's window, as text that screenLag.ts evaluates there.
// Looks ten times a second at how old what is shown is, and at how long the window's thread was held at a stretch.

const lookMs = 100;
const halfDayMs = 43_200_000;

/** The time that is the payload of the row, however its digits are grouped. */
function timeOfRow(label) {
  for (const row of document.querySelectorAll('.pane [role=treeitem]')) {
    if (row.querySelector('.label-name')?.textContent !== label) continue;
    const text = row.querySelector('.label-description')?.textContent ?? '';
    const digits = /\d[\d,.\u00a0\u202f ]{11,}\d/.exec(text);
    const time = Number(digits?.[0].replace(/\D/g, '').slice(0, 13));
    if (time > 1e12) return time;
  }
  return undefined;
}

/** The time of day of the newest message in the Messages view, milliseconds. */
function timeOfNewestMessage() {
  for (const outer of document.querySelectorAll('iframe')) {
    const inner = outer.contentDocument?.querySelector('iframe')?.contentDocument;
    const times = inner?.querySelectorAll('.message-list .row-time');
    const parts = /(\d+):(\d+):(\d+)[.,](\d+)/.exec(times?.[times.length - 1]?.textContent ?? '');
    if (parts === null) continue;
    const [, hours, minutes, seconds, milliseconds] = parts.map(Number);
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + milliseconds;
  }
  return undefined;
}

/** Of half a day: clocks of twelve hours are shown too. A message from the future is none that is behind. */
function behindMs(timeOfDayMs, nowMs) {
  const nowOfDayMs = nowMs - new Date(nowMs).getTimezoneOffset() * 60_000;
  const behind = (((nowOfDayMs - timeOfDayMs) % halfDayMs) + halfDayMs) % halfDayMs;
  return behind > halfDayMs / 2 ? 0 : behind;
}

/**
 * The thread is watched at once.
 *
 * @param settleMs until what is shown is looked at.
 * @param lag before anything was looked at: grows with each look.
 */
window.beginScreenWatch = (markerLabel, settleMs, lag) => {
  const looksFromMs = Date.now() + settleMs;
  const tasks = new PerformanceObserver((list) => {
    for (const { duration, name } of list.getEntries()) {
      lag.stallMaxMs = Math.max(lag.stallMaxMs, duration);
      // `self` is the window's own document; another name is a frame's in it, and the frames are our pages.
      if (name !== 'self') lag.pageStallMaxMs = Math.max(lag.pageStallMaxMs, duration);
    }
  });
  tasks.observe({ entryTypes: ['longtask'] });
  const timer = setInterval(() => {
    const nowMs = Date.now();
    if (nowMs < looksFromMs) return;
    const shown = timeOfRow(markerLabel);
    if (shown !== undefined) {
      lag.treeLooks++;
      lag.treeMaxMs = Math.max(lag.treeMaxMs, nowMs - shown);
    }
    const newest = timeOfNewestMessage();
    if (newest !== undefined) {
      lag.messagesLooks++;
      lag.messagesMaxMs = Math.max(lag.messagesMaxMs, behindMs(newest, nowMs));
    }
  }, lookMs);
  window.endScreenWatch = () => {
    clearInterval(timer);
    tasks.disconnect();
    return lag;
  };
};
