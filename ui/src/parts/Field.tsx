/** Fields of forms: a label, a control, what it means, and what is wrong with it. */
import { type ReactNode } from 'react';
import {
  Button as AriaButton,
  Checkbox as AriaCheckbox,
  FieldError,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  SearchField as AriaSearchField,
  Select as AriaSelect,
  SelectValue,
  Text,
  TextArea,
  TextField as AriaTextField,
} from 'react-aria-components';

import { cx } from './cx';
import styles from './Field.module.css';
import { Icon } from './Icon';

interface Common {
  label: string;
  /** What it means, under the control. */
  description?: ReactNode;
  /** What is wrong. */
  error?: string | undefined;
  isRequired?: boolean;
  isDisabled?: boolean;
  /** Whether the label is read out only. */
  unlabelled?: boolean;
}

/** A line of text, or several with `rows`. */
export function TextField({
  label,
  description,
  error,
  value,
  onChange,
  rows,
  unlabelled = false,
  placeholder,
  ...rest
}: Common & {
  value: string;
  onChange: (value: string) => void;
  rows?: number;
  placeholder?: string;
  type?: 'text' | 'email' | 'url' | 'number';
  autoFocus?: boolean;
  onBlur?: () => void;
  name?: string;
}) {
  return (
    <AriaTextField {...rest} value={value} onChange={onChange} isInvalid={error !== undefined} className={styles.field ?? ''} validationBehavior="aria">
      <FieldLabel text={label} required={rest.isRequired} unseen={unlabelled} />
      {rows === undefined ? (
        <Input className={styles.control ?? ''} placeholder={placeholder} dir="auto" autoComplete="off" spellCheck={false} />
      ) : (
        <TextArea className={cx(styles.control, styles.area)} rows={rows} placeholder={placeholder} dir="auto" spellCheck={false} />
      )}
      <Notes description={description} error={error} />
    </AriaTextField>
  );
}

/** A field to search with. */
export function SearchField({
  label,
  value,
  onChange,
  placeholder,
  autoFocus,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  placeholder?: string;
  autoFocus?: boolean;
}) {
  return (
    <AriaSearchField aria-label={label} value={value} onChange={onChange} autoFocus={autoFocus} className={styles.search ?? ''}>
      <Icon name="search" />
      <Input className={styles.bare ?? ''} placeholder={placeholder ?? label} dir="auto" autoComplete="off" spellCheck={false} data-search="" />
      {value !== '' && (
        <AriaButton className={styles.clear ?? ''} aria-label="Clear">
          <Icon name="cross" />
        </AriaButton>
      )}
    </AriaSearchField>
  );
}

/** One of some choices. */
export function Select<K extends string>({
  label,
  description,
  error,
  options,
  value,
  onChange,
  unlabelled = false,
  placeholder = 'Choose',
  ...rest
}: Common & {
  options: readonly { value: K; label: string }[];
  value: K | undefined;
  onChange: (value: K) => void;
  placeholder?: string;
}) {
  return (
    <AriaSelect
      {...rest}
      value={value ?? null}
      onChange={(key) => onChange(key as K)}
      placeholder={placeholder}
      isInvalid={error !== undefined}
      className={styles.field ?? ''}
      validationBehavior="aria"
    >
      <FieldLabel text={label} required={rest.isRequired} unseen={unlabelled} />
      <AriaButton className={cx(styles.control, styles.select)}>
        <SelectValue className={styles.value ?? ''} />
        <Icon name="down" />
      </AriaButton>
      <Notes description={description} error={error} />
      <Popover className={styles.popover ?? ''}>
        <ListBox className={styles.list ?? ''} items={options}>
          {(option) => (
            <ListBoxItem id={option.value} textValue={option.label} className={styles.option ?? ''}>
              <bdi>{option.label}</bdi>
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}

/** Yes or no. */
export function Checkbox({
  children,
  isSelected,
  onChange,
  isDisabled,
}: {
  children: ReactNode;
  isSelected: boolean;
  onChange: (selected: boolean) => void;
  isDisabled?: boolean;
}) {
  return (
    <AriaCheckbox className={styles.checkbox ?? ''} isSelected={isSelected} onChange={onChange} isDisabled={isDisabled}>
      <span className={styles.box}>{isSelected && <Icon name="check" />}</span>
      <span className={styles.said}>{children}</span>
    </AriaCheckbox>
  );
}

function FieldLabel({ text, required, unseen }: { text: string; required: boolean | undefined; unseen: boolean }) {
  return (
    <Label className={unseen ? 'unseen' : (styles.label ?? '')}>
      <bdi>{text}</bdi>
      {required && <span className={styles.required}> required</span>}
    </Label>
  );
}

function Notes({ description, error }: { description: ReactNode; error: string | undefined }) {
  return (
    <>
      {description && (
        <Text slot="description" className={styles.description ?? ''}>
          {description}
        </Text>
      )}
      <FieldError className={styles.error ?? ''}>{error}</FieldError>
    </>
  );
}
