/** What is asked for: the fields above the list. All that are filled must hold. */
import type { PacketsFilter } from '../../contracts/packetsPage.ts';
import { everyPacket } from '../../contracts/packetsPage.ts';
import { type PacketKindName, packetKindNames } from '../../contracts/trace.ts';
import { Action } from '../shared/controls.tsx';
import { t } from '../shared/l10n.ts';
import { SuggestionField } from '../shared/suggestionField.tsx';
import { TopicFilterField } from '../shared/topicFilterField.tsx';
import { kindWords } from './packetWords.ts';
import type { PageProps } from './pageProps.ts';
import { isFiltered } from './state.ts';

export function QueryBar({ state, dispatch, post, filter }: PageProps & { filter: PacketsFilter }) {
  const edit = (changes: Partial<PacketsFilter>) => dispatch({ kind: 'filterEdited', filter: changes });
  return (
    // biome-ignore lint/a11y/useSemanticElements: Preact's types know no <search>.
    <div class="query" role="search" aria-label={t('Which packets')}>
      <KindField kinds={filter.kinds} onChange={(kinds) => edit({ kinds })} />
      <TopicFilterField
        value={filter.topicFilter}
        suggestions={state.topics}
        onInput={(topicFilter) => edit({ topicFilter })}
        onFind={(text) => post({ kind: 'findTopics', text })}
      />
      <div class="query-field query-client">
        <SuggestionField
          id="client"
          label={t('Client')}
          placeholder={t('All clients')}
          title={t('Client id, or the address of a connection that never said one')}
          listLabel={t('Connected clients')}
          value={filter.client}
          isInvalid={false}
          suggestions={state.clients}
          onInput={(client) => edit({ client })}
          onFind={(text) => post({ kind: 'findClients', text })}
        />
      </div>
      <button
        type="button"
        class="toggle"
        aria-pressed={filter.errorsOnly}
        title={t('Only packets that break the standard, say no, or were not whole')}
        onClick={() => edit({ errorsOnly: !filter.errorsOnly })}
      >
        {t('Errors Only')}
      </button>
      <Action
        icon="remove"
        label={t('Clear Filter')}
        isDisabled={!isFiltered(filter)}
        onClick={() => edit(everyPacket)}
      />
    </div>
  );
}

interface KindChoice {
  words: string;
  kinds: readonly PacketKindName[];
}

function groupsOfKinds(): KindChoice[] {
  return [
    { words: t('All types'), kinds: [] },
    { words: t('Without pings'), kinds: packetKindNames.filter((kind) => !kind.startsWith('ping')) },
    { words: t('Connections'), kinds: ['connect', 'connack', 'disconnect', 'auth'] },
    { words: t('Messages'), kinds: ['publish', 'puback', 'pubrec', 'pubrel', 'pubcomp'] },
    { words: t('Subscriptions'), kinds: ['subscribe', 'suback', 'unsubscribe', 'unsuback'] },
    { words: t('Pings'), kinds: ['pingreq', 'pingresp'] },
  ];
}

function KindField({
  kinds,
  onChange,
}: {
  kinds: readonly PacketKindName[];
  onChange(kinds: readonly PacketKindName[]): void;
}) {
  const choices = [
    ...groupsOfKinds(),
    ...packetKindNames.map((kind) => ({ words: kindWords(kind), kinds: [kind] })),
  ];
  return (
    <select
      class="select query-kind"
      aria-label={t('Packet types')}
      value={kinds.join()}
      onChange={(event) => {
        const chosen = choices[event.currentTarget.selectedIndex];
        if (chosen !== undefined) onChange(chosen.kinds);
      }}
    >
      {choices.map(({ words, kinds: each }) => (
        <option key={each.join()} value={each.join()}>
          {words}
        </option>
      ))}
    </select>
  );
}
