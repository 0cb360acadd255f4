/** Messages to the person: toasts at the bottom right, and modal dialogs. */

import type { Locator, Page } from 'playwright-core';

export class Toast {
  readonly locator: Locator;
  readonly message: Locator;

  constructor(page: Page, text: string | RegExp) {
    const message = page.locator('.notification-list-item-message', { hasText: text });
    this.locator = page.locator('.notification-toast').filter({ has: message }).first();
    this.message = this.locator.locator('.notification-list-item-message');
  }

  async waitFor(state: 'visible' | 'hidden' = 'visible'): Promise<void> {
    await this.locator.waitFor({ state });
  }

  async click(button: string): Promise<void> {
    await this.locator.getByRole('button', { name: button, exact: true }).click();
  }

  async buttons(): Promise<string[]> {
    return this.locator.locator('.notification-list-item-buttons-container [role=button]').allInnerTexts();
  }

  async close(): Promise<void> {
    await this.locator.hover();
    await this.locator.locator('.codicon-notifications-clear').click();
    await this.waitFor('hidden');
  }
}

export class Dialog {
  readonly locator: Locator;

  constructor(page: Page) {
    this.locator = page.locator('.monaco-dialog-box');
  }

  /** Waits until a modal dialog says this. */
  async waitFor(text: string | RegExp): Promise<void> {
    await this.locator.filter({ hasText: text }).waitFor();
  }

  async click(button: string): Promise<void> {
    await this.locator.getByRole('button', { name: button, exact: true }).click();
    await this.locator.waitFor({ state: 'hidden' });
  }
}
