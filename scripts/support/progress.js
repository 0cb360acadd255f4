/**
 * One line on the screen that says what is being waited for. On a terminal the line is rewritten in place; elsewhere,
 * in a CI log say, it is printed when the work starts, every 30 seconds, and when it is done.
 *
 * Plain JavaScript: install.js needs it before there is a Node that runs TypeScript.
 */

const redrawMs = 500;
const quietRepeatMs = 30_000;

/**
 * @param {string} title What is being done, without a full stop.
 * @returns {{ update(detail: string): void, done(outcome?: string): void }} `update` shows a detail behind the title;
 * `done` ends the line with the time that it took, and must be called on failure too.
 */
export function showProgress(title) {
  const startedAtMs = Date.now();
  const isTerminal = process.stdout.isTTY === true;
  let detail = '';
  const line = () => `${title}… ${detail}${detail && ' · '}${elapsedSeconds(startedAtMs)} s`;
  const draw = () => process.stdout.write(isTerminal ? `\r\x1b[2K${line()}` : `${line()}\n`);

  if (isTerminal) draw();
  else process.stdout.write(`${title}…\n`);
  const timer = setInterval(draw, isTerminal ? redrawMs : quietRepeatMs);
  timer.unref();

  return {
    update(text) {
      detail = text;
    },
    done(outcome = 'done') {
      clearInterval(timer);
      const end = `${title}: ${outcome} (${elapsedSeconds(startedAtMs)} s)\n`;
      process.stdout.write(isTerminal ? `\r\x1b[2K${end}` : end);
    },
  };
}

/** @param {number} sinceMs */
function elapsedSeconds(sinceMs) {
  return Math.round((Date.now() - sinceMs) / 1000);
}
