/** What every page of the extension is given. What travels between a page and the extension has a file for each page. */

/** Strings of the webview in the person's language: English text to translation. Set in the page by the extension. */
export type L10nBundle = Record<string, string>;
