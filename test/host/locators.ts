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

/** Waits until a field holds exactly this. */
export async function waitForValue(field: Locator, value: string): Promise<void> {
  const isSo = (input: { value: string }, wanted: string): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (input.value === wanted) resolve();
        else setTimeout(look, 20);
      };
      look();
    });
  await field.evaluate(isSo, value);
}

/** Editors and tooltips are full of spaces that do not break. Playwright minds them in a string, not in an expression. */
function anyWhiteSpace(expression: RegExp): RegExp {
  return new RegExp(expression.source.replaceAll(' ', '\\s'), expression.flags);
}

/** An attribute's value inside a CSS selector. */
export function quoted(value: string): string {
  return JSON.stringify(value);
}
