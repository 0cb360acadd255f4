/** Where the form publishes to, in the colour of its profile, and what keeps it from being published to. */
import { Notice } from '../shared/controls.tsx';
import { Icon } from '../shared/icons.tsx';
import { t } from '../shared/l10n.ts';
import type { FormProps } from './formProps.ts';
import { Hint } from './viewField.tsx';
import { protocolName, targetName } from './words.ts';

export function TargetField({ state, post }: Pick<FormProps, 'state' | 'post'>) {
  const { target } = state;
  return (
    <div class="field target-field">
      <span class="label" id="target-label">
        {t('Publish to')}
      </span>
      <div class="target-line">
        <button
          type="button"
          id="target"
          class="button button-secondary target-button"
          aria-labelledby="target-label target-name"
          aria-haspopup="listbox"
          title={t('Choose another broker')}
          onClick={() => post({ kind: 'chooseTarget' })}
        >
          <span class="target-mark" aria-hidden="true" />
          <span class="target-name" id="target-name">
            {targetName(target)}
          </span>
          <Icon name="chevron" />
        </button>
        <span class="field-explanation">{protocolName(target.protocolVersion)}</span>
        {target.asksFirst && !target.isReadOnly && (
          <Hint>{t('You are asked before something is published to it.')}</Hint>
        )}
      </div>
      <TargetNotice state={state} post={post} />
    </div>
  );
}

function TargetNotice({ state, post }: Pick<FormProps, 'state' | 'post'>) {
  const { target } = state;
  const name = targetName(target);
  const isLocal = target.connectionName === '';
  if (target.state === 'gone')
    return <Notice kind="warning">{t('{0} is not in the settings any more.', name)}</Notice>;
  if (target.isReadOnly)
    return (
      <Notice kind="warning">
        {t('{0} is read-only: its profile says that nothing is published to it.', name)}
      </Notice>
    );
  if (target.state === 'trying')
    return (
      <Notice kind="info">
        {isLocal ? t('The local broker is starting…') : t('{0} is being connected to…', name)}
      </Notice>
    );
  if (target.state === 'ready') return null;
  if (target.state === 'queues')
    return (
      <Notice kind="info">{t('{0} is not connected: what is published waits until it is.', name)}</Notice>
    );
  return (
    <Notice kind="info">
      {isLocal
        ? t('The local broker is not running, so there is nowhere to publish to.')
        : t('{0} is not connected, so there is nowhere to publish to.', name)}
      <button type="button" class="button" onClick={() => post({ kind: 'openTarget' })}>
        {isLocal ? t('Start Local Broker') : t('Connect')}
      </button>
    </Notice>
  );
}
