/**
 * The forms of connections that are open, one for each profile. Also what they are made of, in a bundle of its own: they are
 * seldom needed, and half as large as all commands.
 */
import { l10n } from 'vscode';
import type { SettingsEntry } from '../connections/connectionSettings.ts';
import type { ConnectionProfile } from '../connections/profiles.ts';
import { formatName } from '../words/formats.ts';
import { ConnectionForm, type ConnectionFormOptions, contentOf, type FormContent } from './connectionForm.ts';

export class ConnectionForms {
  readonly #options: Omit<ConnectionFormOptions, 'nextTestId'>;
  readonly #forms = new Set<ConnectionForm>();
  #lastTestId = 0;

  constructor(options: Omit<ConnectionFormOptions, 'nextTestId'>) {
    this.#options = options;
  }

  /** Shows the one that is open already. @param place undefined for a connection that is to be made. */
  open(place: SettingsEntry | undefined): ConnectionForm {
    for (const form of this.#forms) {
      if (!form.isOf(place)) continue;
      form.reveal();
      return form;
    }
    return this.#create(contentOf(place));
  }

  /** Undefined where its profile is gone from the settings. */
  openProfile({ scope, name }: ConnectionProfile): ConnectionForm | undefined {
    const { entries } = this.#options.connectionSettings;
    const place = entries.find((each) => each.scope === scope && each.name === name);
    return place && this.open(place);
  }

  #create(content: FormContent): ConnectionForm {
    const form = new ConnectionForm({ ...this.#options, nextTestId: () => ++this.#lastTestId }, content);
    this.#forms.add(form);
    form.onClose(() => {
      this.#forms.delete(form);
      if (form.isChanged) this.#options.inBackground(this.#offerAgain(form.content));
    });
    return form;
  }

  /** VS Code asks nobody before it closes a page. */
  async #offerAgain(content: FormContent): Promise<void> {
    const openAgain = l10n.t('Open Again');
    const { name } = content.draft.texts;
    const message =
      name === ''
        ? l10n.t('The connection was not saved.')
        : l10n.t('What was changed of {0} was not saved.', formatName(name));
    const button = await this.#options.questions.say('warning', message, openAgain);
    if (button === openAgain) this.#create(content);
  }
}
