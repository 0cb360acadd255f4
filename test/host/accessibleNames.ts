/** What parts of a page are called to who does not see them. */
import type { FrameLocator, Locator } from 'playwright-core';

/** No page of ours has as many controls. */
const mostTabs = 40;

/** Walks by Tab from what has the focus to the control with this name. Returns the names on the way, both ends among them. */
export async function tabOrder(frame: FrameLocator, last: string): Promise<string[]> {
  const names: string[] = [];
  while (names.at(-1) !== last && names.length < mostTabs) {
    if (names.length > 0) await frame.locator(':focus').press('Tab');
    // The page is left where the control is not there.
    if ((await frame.locator(':focus').count()) === 0) return [...names, 'the end of the page'];
    names.push(await nameOf(frame.locator(':focus')));
  }
  return names;
}

/** As a screen reader takes it, for the elements that these pages have. */
export async function nameOf(part: Locator): Promise<string> {
  return part.evaluate(accessibleName);
}

/** Of the page's types only this much is known here. */
interface NamedElement {
  readonly textContent: string | null;
  readonly labels?: Iterable<NamedElement> | null;
  getAttribute(name: string): string | null;
}

/** Runs in the page. */
function accessibleName(element: NamedElement): string {
  const [label = element] = element.labels ?? [];
  return element.getAttribute('aria-label') ?? label.textContent?.trim() ?? '';
}
