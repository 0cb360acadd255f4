/** What the page objects share: how a text is matched, and how one is waited for. */

import type { Locator } from 'playwright-core';

/** Matches a text that is exactly this, white space around it aside. An expression is taken as it is. */
export function exactly(text: string | RegExp): RegExp {
  if (typeof text !== 'string') return text;
  return new RegExp(`^\\s*${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*$`);
}

/**
 * Waits until an element shows a text that contains or matches this. Rejects with what it showed instead: the assertion
 * for everything on the screen that takes a moment.
 */
export async function waitForText(locator: Locator, expected: string | RegExp): Promise<void> {
  try {
    await locator.filter({ hasText: expected }).first().waitFor();
  } catch (cause) {
    const shown = await locator.allInnerTexts();
    throw new Error(
      `Expected ${JSON.stringify(String(expected))}, and the screen shows ${JSON.stringify(shown)}`,
      { cause },
    );
  }
}

/** An attribute's value inside a CSS selector. */
export function quoted(value: string): string {
  return JSON.stringify(value);
}
