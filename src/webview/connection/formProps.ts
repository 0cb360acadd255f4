/** What every part of the form is given: the state, and the ways to change something. */
import type { ConnectionFormToExtension } from '../../contracts/connectionForm.ts';
import type { FormAction, FormState } from './state.ts';

export interface FormProps {
  state: FormState;
  dispatch(action: FormAction): void;
  post(message: ConnectionFormToExtension): void;
}

export interface WholeFormProps extends FormProps {
  onSave(connects: boolean): void;
  onTest(): void;
}

/** Of the input of a field, in the page. */
export function inputId(field: string): string {
  return `field-${field.replaceAll('.', '-')}`;
}
