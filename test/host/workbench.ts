/**
 * VS Code's window as a person sees it: palette, side bar, status bar, messages, panels. Tests read like the story that
 * they tell, and no selector of VS Code is known outside this folder.
 *
 * Nothing here sleeps or retries: every step waits for what must be on the screen before it. A method named after a
 * thing (`toast`, `pane`, `statusBarItem`) finds it and does not wait; what it returns can.
 */

import type { FrameLocator, Locator, Page } from 'playwright-core';
import { exactly, quoted } from './locators.ts';
import { Dialog, Toast } from './notifications.ts';
import { QuickInput } from './quickInput.ts';
import { Pane } from './sideBar.ts';

export { waitForText, waitForValue } from './locators.ts';

export class Workbench {
  /** For what this class has no word for. */
  readonly page: Page;
  readonly quickInput: QuickInput;
  readonly dialog: Dialog;

  constructor(page: Page) {
    this.page = page;
    this.quickInput = new QuickInput(page);
    this.dialog = new Dialog(page);
  }

  /** Runs a command from the palette by what the palette calls it, `MQTT: Start Local Broker` say. */
  async runCommand(title: string): Promise<void> {
    await this.quickInput.runCommand(title);
  }

  /** The icon in the activity bar, whose badge is inside it. */
  activity(title: string): Locator {
    // The label has the badge's text and the key binding behind the title.
    const link = this.page.locator(`a.action-label[aria-label^=${quoted(title)}]`);
    return this.page.locator('.activitybar li.action-item').filter({ has: link });
  }

  /** Shows a view container in the side bar, when it doesn't show already. */
  async openViews(title: string): Promise<void> {
    const activity = this.activity(title);
    if ((await activity.getAttribute('aria-expanded')) !== 'true') await activity.click();
    await activity.and(this.page.locator('[aria-expanded="true"]')).waitFor();
    // The icon's tooltip would come to lie over rows of the views.
    await this.page.mouse.move(0, 0);
  }

  /** Drags the side bar's right edge to this place, in pixels from the window's left. */
  async moveSideBarEdge(toX: number): Promise<void> {
    const { mouse } = this.page;
    const box = await this.page.locator('.part.sidebar').boundingBox();
    if (box === null) throw new Error('The side bar is not in sight');
    await mouse.move(box.x + box.width, box.y + box.height / 2);
    await mouse.down();
    await mouse.move(toX, box.y + box.height / 2, { steps: 5 });
    await mouse.up();
  }

  /** A view of the side bar by its title. */
  pane(title: string): Pane {
    return new Pane(this.page, title);
  }

  /** A status bar item by the id that the extension gave it. */
  statusBarItem(id: string): Locator {
    // VS Code puts the extension's id ahead of it.
    return this.page.locator(`.statusbar-item[id$=${quoted(id)}]`);
  }

  /** The message at the bottom right that contains this. */
  toast(text: string | RegExp): Toast {
    return new Toast(this.page, text);
  }

  /** What all messages at the bottom right say, as they are now. */
  async toasts(): Promise<string[]> {
    return this.page.locator('.notification-toast .notification-list-item-message').allInnerTexts();
  }

  /** A tab of the editor area. */
  tab(title: string | RegExp): Locator {
    // A file's name and its extension are elements of their own.
    const label = this.page.locator('.monaco-icon-label-container', { hasText: exactly(title) });
    return this.page.locator('.tabs-container .tab').filter({ has: label });
  }

  async closeTab(title: string | RegExp): Promise<void> {
    await this.tab(title).hover();
    await this.tab(title).locator('.tab-actions [aria-label^="Close"]').click();
    await this.tab(title).waitFor({ state: 'hidden' });
  }

  /** The text of the active text editor, as far as it is in sight. */
  async editorText(): Promise<string> {
    return editorLines(
      this.page
        .locator('.editor-group-container.active .editor-instance .view-line')
        .filter({ visible: true }),
    );
  }

  /** The lines of the output panel that are in sight. */
  get output(): Locator {
    return this.page.locator('.part.panel .view-lines');
  }

  /** The text of the output panel, as far as it is in sight. */
  async outputText(): Promise<string> {
    return editorLines(this.output.locator('.view-line'));
  }

  /**
   * The inside of a webview, by the title of its panel. Waits until it is in sight and loaded: a webview behind another
   * tab does not exist, so ask again after the panel was out of sight.
   */
  async webview(title: string): Promise<FrameLocator> {
    const inner = `iframe#active-frame[title=${quoted(title)}]`;
    // Only the inner frame has the title, and only the outer one has a name by which the page can find it again.
    const outers = `[...document.querySelectorAll('iframe.webview.ready')]`;
    const holdsInner = `outer => outer.contentDocument?.querySelector(${quoted(inner)})`;
    const name = await this.page.waitForFunction(`${outers}.find(${holdsInner})?.name`);
    const outer = this.page.frameLocator(`iframe.webview[name=${quoted(String(await name.jsonValue()))}]`);
    // By its id alone: a panel may change its title.
    return outer.frameLocator('iframe#active-frame');
  }

  /** What the window would paste. */
  async clipboardText(): Promise<string> {
    await this.page.bringToFront();
    return this.page.evaluate<string>('navigator.clipboard.readText()');
  }
}

/** A text editor keeps its lines in any order, each at its place, and shows spaces that do not break. */
async function editorLines(lines: Locator): Promise<string> {
  const placed = await lines.evaluateAll(
    (elements: { style: { top: string }; textContent: string | null }[]) =>
      elements.map((element) => ({
        top: Number.parseFloat(element.style.top),
        text: element.textContent ?? '',
      })),
  );
  const texts = placed.sort((a, b) => a.top - b.top).map(({ text }) => text.replaceAll('\u00a0', ' '));
  return texts.join('\n');
}
