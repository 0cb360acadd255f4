/** What every part of the publish form is given: the state, what is wrong with it, and the ways to change something. */
import type { PublishFormToExtension } from '../../contracts/publishForm.ts';
import type { FormCheck } from './check.ts';
import type { FormAction, FormFields, FormState } from './state.ts';

/** Once, again and again, or with an answer that is waited for. */
export type SendKind = 'publish' | 'repeat' | 'request';

export interface FormProps {
  state: FormState;
  dispatch(action: FormAction): void;
  post(message: PublishFormToExtension): void;
  onPublish(how?: SendKind): void;
}

export interface CheckedFormProps extends FormProps {
  check: FormCheck;
  change(fields: Partial<Omit<FormFields, 'format' | 'userProperties'>>): void;
}
