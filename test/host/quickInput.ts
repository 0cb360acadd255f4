/** The box at the top of the window: the palette, quick picks and input boxes, as a person uses them. */

import type { Locator, Page } from 'playwright-core';
import { exactly, quoted, waitForText } from './locators.ts';

const palettePlaceholder = 'Type the name of a command to run.';

/** A file dialog closes well within this, when it takes the key. */
const enterTakesMs = 2_000;
const mostEnters = 5;

export class QuickInput {
  readonly #page: Page;
  readonly widget: Locator;
  readonly input: Locator;
  /** The prompt of an input box, or what its validation says. */
  readonly message: Locator;
  readonly rows: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.widget = page.locator('.quick-input-widget').filter({ visible: true });
    this.input = this.widget.locator('.quick-input-box input');
    this.message = this.widget.locator('.quick-input-message');
    this.rows = this.widget.locator('.quick-input-list .monaco-list-row');
  }

  /** Runs a command from the palette by what the palette calls it, `MQTT: Start Local Broker` say. */
  async runCommand(title: string): Promise<void> {
    await this.#page.keyboard.press('F1');
    await this.waitFor(palettePlaceholder);
    await this.input.fill(`>${title}`);
    await this.pick(title);
    // Until it has gone, the next F1 would be typed into this palette, and lost with it.
    const palette = this.#page.locator(`input[placeholder*=${quoted(palettePlaceholder)}]`);
    await this.widget.filter({ has: palette }).waitFor({ state: 'hidden' });
  }

  /** Waits until the box asks this: part of its title, prompt, or placeholder. Always before the first key in a step. */
  async waitFor(prompt: string): Promise<void> {
    const texts = this.#page.locator('.quick-input-title, .quick-input-message, .quick-input-description');
    const inText = this.widget.filter({ has: texts.filter({ visible: true, hasText: prompt }) });
    const inPlaceholder = this.widget.filter({
      has: this.#page.locator(`input[placeholder*=${quoted(prompt)}]`),
    });
    await inText.or(inPlaceholder).waitFor();
  }

  async fill(text: string): Promise<void> {
    await this.input.fill(text);
  }

  /** Enter. */
  async accept(): Promise<void> {
    await this.input.press('Enter');
  }

  /** Escape. */
  async cancel(): Promise<void> {
    await this.input.press('Escape');
  }

  /** A whole step of an input box: waits for its prompt, types, Enter. */
  async answer(prompt: string, text: string): Promise<void> {
    await this.waitFor(prompt);
    await this.fill(text);
    await this.accept();
  }

  /** A whole step of a quick pick: waits for its prompt, picks a row. */
  async choose(prompt: string, label: string | RegExp): Promise<void> {
    await this.waitFor(prompt);
    await this.pick(label);
  }

  /** A whole file dialog, as a window in a browser has it: waits for its title and its folder, types a path, Enter. */
  async chooseFile(title: string, path: string): Promise<void> {
    await this.waitFor(title);
    // Until its folder is read, the dialog writes over what is typed.
    await this.row('..').waitFor();
    await this.fill(path);
    const dialog = this.widget.filter({
      has: this.#page.locator('.quick-input-title', { hasText: title }),
    });
    // While it looks up what is typed, the dialog takes no Enter, and nothing on the screen says so: a person presses it
    // again, too.
    const input = dialog.locator('.quick-input-box input');
    for (let presses = 0; presses < mostEnters && (await dialog.isVisible()); presses++) {
      // In this dialog alone: what is asked next must not be answered by it.
      const typed = await input.inputValue({ timeout: enterTakesMs }).catch(() => path);
      // The rows of its folder may stand there before it has written the folder over what was typed.
      if (typed !== path) await input.fill(path, { timeout: enterTakesMs }).catch(() => undefined);
      await input.press('Enter', { timeout: enterTakesMs }).catch(() => undefined);
      await dialog.waitFor({ state: 'hidden', timeout: enterTakesMs }).catch(() => undefined);
    }
    await dialog.waitFor({ state: 'hidden' });
  }

  /**
   * Picks the row with exactly this label, with the arrow keys and Enter: the list is made anew while one types, which can
   * swallow a click. Rejects with the rows that there are.
   */
  async pick(label: string | RegExp): Promise<void> {
    const row = this.row(label);
    try {
      await row.waitFor();
    } catch (cause) {
      throw new Error(
        `No row ${JSON.stringify(String(label))} among ${JSON.stringify(await this.labels())}`,
        { cause },
      );
    }
    const focused = row.and(this.#page.locator('.focused'));
    for (let steps = 0; (await focused.count()) === 0; steps++) {
      // The list may have grown since.
      if (steps > (await this.rows.count()))
        throw new Error(`The arrow keys never came to the row ${JSON.stringify(String(label))}`);
      await this.input.press('ArrowDown');
    }
    await this.accept();
  }

  row(label: string | RegExp): Locator {
    const name = this.#page.locator('.label-name', { hasText: exactly(label) });
    return this.rows.filter({ has: name }).first();
  }

  /** The labels of the rows in sight, as they are now. */
  async labels(): Promise<string[]> {
    const labels = await this.rows.locator('.label-name').allInnerTexts();
    return labels.map((label) => label.trim());
  }

  /** Waits until prompt or validation says this. */
  async waitForMessage(text: string | RegExp): Promise<void> {
    await waitForText(this.message, text);
  }
}
