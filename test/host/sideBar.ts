/** A view in the side bar: its title bar, welcome text, and the rows of its tree. */

import type { Locator, Page } from 'playwright-core';
import { exactly, quoted, waitForText } from './locators.ts';

/** VS Code shows a tooltip half a second after the pointer came to rest. */
const tooltipDelayMs = 3000;
const tooltipMoves = 8;

export class Pane {
  readonly #page: Page;
  readonly locator: Locator;
  readonly header: Locator;
  /** What a view without content says; its links are buttons. */
  readonly welcome: Locator;
  readonly rows: Locator;

  constructor(page: Page, title: string) {
    this.#page = page;
    const header = page.locator('.pane-header', { has: page.locator('.title', { hasText: exactly(title) }) });
    this.locator = page.locator('.pane').filter({ has: header });
    this.header = this.locator.locator('.pane-header');
    this.welcome = this.locator.locator('.welcome-view-content');
    this.rows = this.locator.locator('[role=treeitem]');
  }

  /** The row with exactly this label, at any depth unless told: levels count from 1. Only rows in sight exist. */
  row(label: string | RegExp, { level }: { readonly level?: number } = {}): TreeRow {
    const atLevel = level === undefined ? '[role=treeitem]' : `[role=treeitem][aria-level="${level}"]`;
    const name = this.#page.locator('.label-name', { hasText: exactly(label) });
    return new TreeRow(this.#page, this.locator.locator(atLevel).filter({ has: name }).first());
  }

  /** The labels of the rows in sight, top down, as they are now. */
  async labels(): Promise<string[]> {
    const labels = await this.rows.locator('.label-name').allInnerTexts();
    return labels.map((label) => label.trim());
  }

  /** Opens the view when only its header shows. */
  async expand(): Promise<void> {
    if ((await this.header.getAttribute('aria-expanded')) === 'false') await this.header.click();
    await this.header.and(this.#page.locator('[aria-expanded="true"]')).waitFor();
  }

  /** Leaves only the header, so that others have room. */
  async collapse(): Promise<void> {
    if ((await this.header.getAttribute('aria-expanded')) === 'true') await this.header.click();
    await this.header.and(this.#page.locator('[aria-expanded="false"]')).waitFor();
  }

  /** Until keys go to its rows: a command that brings the focus there is over before it has. */
  async waitForFocus(): Promise<void> {
    await this.locator.locator('.monaco-list:focus').waitFor();
  }

  /** What a screen reader says of the row with this label, exactly. */
  async waitForSpoken(name: string | RegExp): Promise<void> {
    await this.locator.getByRole('treeitem', { name, exact: true }).waitFor();
  }

  /** Brings the focus to the row with this label, which is in sight or below what is, by keys alone. */
  async focusRow(label: string): Promise<void> {
    await this.rows.first().waitFor();
    await this.locator.locator('.monaco-list').press('Home');
    const focused = this.locator.locator('.monaco-list-row.focused');
    const wanted = focused.filter({ has: this.#page.locator('.label-name', { hasText: exactly(label) }) });
    for (let steps = await this.rows.count(); (await wanted.count()) === 0; steps--) {
      if (steps === 0) throw new Error(`The arrow keys never came to ${label}`);
      const before = await focused.getAttribute('id');
      await this.#page.keyboard.press('ArrowDown');
      await this.locator.locator(`.monaco-list-row.focused:not([id=${quoted(before ?? '')}])`).waitFor();
    }
  }

  /** The context menu of the row with this label, by keys alone. @param item among what it must offer. */
  async keyboardMenu(label: string, item: string): Promise<void> {
    await this.focusRow(label);
    await this.#page.keyboard.press('Shift+F10');
    const menu = this.#page.locator('.monaco-menu');
    await menu.locator('.action-menu-item', { hasText: exactly(item) }).waitFor();
    await this.#page.keyboard.press('Escape');
    await menu.waitFor({ state: 'detached' });
  }

  /** Clicks a button of the view's title bar, which shows while the pointer is over it. */
  async titleAction(label: string): Promise<void> {
    await this.header.hover();
    // VS Code puts the key behind the title.
    await this.header.locator(`.actions a[aria-label^=${quoted(label)}]`).click();
  }

  /** Clicks a button of the welcome text. */
  async welcomeAction(label: string): Promise<void> {
    await this.welcome.getByRole('button', { name: label }).click();
  }
}

export class TreeRow {
  readonly #page: Page;
  readonly locator: Locator;
  /** The dimmed text behind the label. */
  readonly description: Locator;

  constructor(page: Page, locator: Locator) {
    this.#page = page;
    this.locator = locator;
    this.description = locator.locator('.label-description');
  }

  async waitFor(state: 'visible' | 'hidden' = 'visible'): Promise<void> {
    await this.locator.waitFor({ state });
  }

  /** Until it is the selected one. */
  async waitForSelected(): Promise<void> {
    await this.locator.and(this.#page.locator('[aria-selected="true"]')).waitFor();
  }

  async waitForDescription(text: string | RegExp): Promise<void> {
    await waitForText(this.description, text);
  }

  async click(): Promise<void> {
    await this.locator.click();
  }

  /** Shows the children, by the arrow: a click on the row itself may do more. */
  async expand(): Promise<void> {
    await this.#toggleTo(true);
  }

  async collapse(): Promise<void> {
    await this.#toggleTo(false);
  }

  /** Clicks one of the buttons that the row shows while the pointer is over it. */
  async inlineAction(label: string): Promise<void> {
    await this.locator.hover();
    await this.locator.locator(`.actions a[aria-label=${quoted(label)}]`).click();
  }

  async contextMenu(label: string): Promise<void> {
    await this.locator.click({ button: 'right' });
    const items = this.#page.locator('.monaco-menu .action-item');
    await items.locator('.action-menu-item', { hasText: exactly(label) }).hover();
    // Enter on no item closes the menu, and does nothing.
    await items
      .and(this.#page.locator('.focused'))
      .filter({ hasText: exactly(label) })
      .waitFor();
    // A click would be taken for the end of the one that opened the menu: VS Code ignores it for 100 ms.
    await this.#page.keyboard.press('Enter');
  }

  /** The tooltip's text, which shows while the pointer rests on the row. */
  async tooltip(): Promise<string> {
    // VS Code shows "Loading..." until the extension has answered.
    const hovers = this.#page
      .locator('.monaco-hover')
      .filter({ visible: true, hasNotText: /^\s*Loading\.\.\.\s*$/ });
    const tooltip = hovers.first();
    // Spaces that do not break are a matter of layout.
    const text = (await this.#textWhilePointerRests(tooltip)).replaceAll('\u00a0', ' ');
    // Out of the way of what is clicked next.
    await this.#page.mouse.move(0, 0);
    await tooltip.waitFor({ state: 'hidden' });
    return text.trim();
  }

  /** As a hand does: a row that is drawn anew under a pointer notices it only when it comes again from elsewhere. */
  async #textWhilePointerRests(tooltip: Locator): Promise<string> {
    const label = this.locator.locator('.label-name');
    for (let x = 1; x < tooltipMoves; x++) {
      await this.#page.mouse.move(0, 0);
      await label.hover({ position: { x, y: 1 } });
      const text = await tooltip.innerText({ timeout: tooltipDelayMs }).catch(() => undefined);
      if (text !== undefined) return text;
    }
    throw new Error('No tooltip shows while the pointer rests on the row');
  }

  async #toggleTo(expanded: boolean): Promise<void> {
    const reached = this.#page.locator(`[aria-expanded="${expanded}"]`);
    // A row becomes expandable only when its first child has come.
    await this.locator.and(this.#page.locator('[aria-expanded]')).waitFor();
    if ((await this.locator.getAttribute('aria-expanded')) !== String(expanded)) {
      await this.locator.locator('.monaco-tl-twistie').click();
    }
    await this.locator.and(reached).waitFor();
  }
}
