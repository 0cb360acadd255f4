/** What the page objects share: how a text is matched, and how one is waited for. */

import type { Locator } from 'playwright-core';

/** Matches a text that is exactly this, white space around it aside. An expression is taken as it is. */
export function exactly(text: string | RegExp): RegExp {
  if (typeof text !== 'string') return anyWhiteSpace(text);
  return anyWhiteSpace(new RegExp(`^\\s*${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*$`));
}

/**
 * Waits until an element shows a text that contains or matches this, where a space stands for any white space. Rejects
 * with what it showed instead: the assertion for everything on the screen that takes a moment.
 */
export async function waitForText(locator: Locator, expected: string | RegExp): Promise<void> {
  const hasText = typeof expected === 'string' ? expected : anyWhiteSpace(expected);
  try {
    await locator.filter({ hasText }).first().waitFor();
  } catch (cause) {
    const shown = await locator.allInnerTexts();
    throw new Error(
      `Expected ${JSON.stringify(String(expected))}, and the screen shows ${JSON.stringify(shown)}`,
      {
        cause,
      },
    );
  }
}

/** As long as Playwright waits for what has no bound of its own. */
const PATIENCE_MS = 30_000;

/** Waits until a field holds exactly this. Rejects with what it held instead. */
export async function waitForValue(field: Locator, value: string): Promise<void> {
  const lastValue = (input: { value: string }, [wanted, patienceMs]: [string, number]): Promise<string> =>
    new Promise((resolve) => {
      const endMs = Date.now() + patienceMs;
      const look = (): void => {
        if (input.value === wanted || Date.now() > endMs) resolve(input.value);
        else setTimeout(look, 20);
      };
      look();
    });
  const held = await field.evaluate(lastValue, [value, PATIENCE_MS] as [string, number]);
  if (held !== value)
    throw new Error(`Expected ${JSON.stringify(value)}, and the field holds ${JSON.stringify(held)}`);
}

/** Editors and tooltips are full of spaces that do not break. Playwright minds them in a string, not in an expression. */
function anyWhiteSpace(expression: RegExp): RegExp {
  return new RegExp(expression.source.replaceAll(' ', '\\s'), expression.flags);
}

/** An attribute's value inside a CSS selector. */
export function quoted(value: string): string {
  return JSON.stringify(value);
}
