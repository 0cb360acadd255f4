/**
 * The decoder of a message: the menu tries one on what is shown; a button keeps it for topics from now on.
 *
 * A closed menu changes with each arrow key, so that a change must cost nothing: no question, no setting.
 */
import type { DecodedMessage } from '../../contracts/decoding.ts';
import type { MessageDetail } from '../../contracts/messages.ts';
import { Action } from '../shared/controls.tsx';
import { t } from '../shared/l10n.ts';
import { automaticKey, candidateKey, candidateLabel, menuKeyOf } from './decoding.ts';
import type { MessagePaneProps } from './messagePane.tsx';

export function DecoderMenu(props: MessagePaneProps & { detail: MessageDetail; decoded: DecodedMessage }) {
  const { decoded, detail, shown, onShown, onChoices, onDecoder } = props;
  const { candidates, used, chosenFor } = decoded;
  const key = menuKeyOf(decoded, shown.use?.decoder);
  const tryOut = (wanted: string) => {
    onChoices({ tab: 'automatic' });
    const candidate = candidates.find((each) => candidateKey(each) === wanted);
    const decoder = candidate ? { id: candidate.id, via: candidate.via } : 'automatic';
    onShown({ kind: 'decoderTried', decoder });
  };
  const keep = () => {
    const { id, via } = candidates.find((each) => candidateKey(each) === key) ?? used;
    const decoder = { id, via };
    onDecoder({
      kind: 'chooseDecoder',
      topic: detail.topic,
      decoder,
      ...(chosenFor !== undefined && { chosenFor }),
    });
  };
  return (
    <div class="decoder-menu">
      <label>
        <span>{t('Decoder')}</span>
        <select
          class="select"
          aria-label={t('Decoder')}
          // It would be read anew.
          disabled={shown.goneId === detail.id}
          value={key}
          onChange={(event) => tryOut(event.currentTarget.value)}
        >
          <option value={automaticKey}>
            {key === automaticKey ? t('Automatic ({0})', candidateLabel(used)) : t('Automatic')}
          </option>
          {candidates.map((candidate) => (
            <option key={candidateKey(candidate)} value={candidateKey(candidate)}>
              {candidateLabel(candidate)}
            </option>
          ))}
        </select>
      </label>
      <Action
        icon="pin"
        label={t('Always Decode This Way…')}
        tooltip={t('Use this decoder for the topic, or for a topic filter, from now on')}
        onClick={keep}
      />
      {chosenFor !== undefined && (
        <Action
          icon="remove"
          label={t('Forget Choice')}
          tooltip={t('Forget the decoder chosen for {0}', chosenFor)}
          onClick={() => onDecoder({ kind: 'forgetDecoder', topicFilter: chosenFor })}
        />
      )}
    </div>
  );
}
