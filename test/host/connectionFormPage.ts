/** The form of a connection, as a person sees it: fields by their labels, and the test beside them. */
import type { FrameLocator, Locator } from 'playwright-core';
import { waitForText, waitForValue } from './locators.ts';
import type { Workbench } from './workbench.ts';

export class ConnectionFormPage {
  readonly frame: FrameLocator;
  /** How the test ended. */
  readonly summary: Locator;
  /** What became of saving. */
  readonly outcome: Locator;
  readonly #workbench: Workbench;

  /** @param title of its tab. */
  static async open(workbench: Workbench, title: string): Promise<ConnectionFormPage> {
    const page = new ConnectionFormPage(workbench, await workbench.webview(title));
    await page.button('Save').waitFor();
    return page;
  }

  private constructor(workbench: Workbench, frame: FrameLocator) {
    this.#workbench = workbench;
    this.frame = frame;
    this.summary = frame.locator('.test-summary');
    this.outcome = frame.locator('.form-footer .outcome');
  }

  field(label: string): Locator {
    return this.frame.getByLabel(label, { exact: true });
  }

  button(name: string | RegExp): Locator {
    return this.frame.getByRole('button', { name, exact: true });
  }

  /** A step of the test by a part of what it says. */
  step(words: string | RegExp): Locator {
    return this.frame.locator('.step', { hasText: words });
  }

  async fill(label: string, text: string): Promise<void> {
    await this.field(label).fill(text);
    // One field fills others (a whole address the port and the name): what is typed next must not come before those are drawn.
    await this.frame.locator('body').evaluate(nextFrameIsDrawn);
  }

  /** What is said below a field: what is wrong with it, or what it is for. @param field as the settings call it. */
  async waitForNote(field: string, text: string | RegExp): Promise<void> {
    await waitForText(this.frame.locator(`#field-${field.replaceAll('.', '-')}-note`), text);
  }

  /** Until the field holds this. */
  async waitForValue(label: string, text: string): Promise<void> {
    await waitForValue(this.field(label), text);
  }

  /** By Browse… and the file dialog, whose title this is. */
  async browse(label: string, title: string, path: string): Promise<void> {
    await this.button(`Browse for: ${label}`).click();
    await this.#workbench.quickInput.chooseFile(title, path);
  }

  /** Opens a group that is folded. */
  async unfold(title: string): Promise<void> {
    await this.frame.locator('details:not([open]) > summary', { hasText: title }).click();
  }
}

/** Of the page's types only this much is known here. */
interface Body {
  readonly ownerDocument: { readonly defaultView: { requestAnimationFrame(run: () => void): void } };
}

/** What was changed is drawn in the next frame. Runs in the page. */
function nextFrameIsDrawn({ ownerDocument: { defaultView } }: Body): Promise<void> {
  return new Promise((resolve) => {
    defaultView.requestAnimationFrame(() => defaultView.requestAnimationFrame(resolve));
  });
}
