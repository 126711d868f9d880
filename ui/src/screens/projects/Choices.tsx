/** Several of many: a list to add from, and what is chosen with a button to take it out. */
import { IconButton } from '../../parts/Button';
import { Select } from '../../parts/Field';
import { Name } from '../../parts/Text';
import styles from './Choices.module.css';

/** The field. What is chosen and offered no more is shown as it is. */
export function Choices({
  label,
  offered,
  chosen,
  error,
  onAdd,
  onRemove,
}: {
  label: string;
  offered: readonly { value: string; label: string }[];
  chosen: readonly string[];
  error?: string | undefined;
  onAdd: (value: string) => void;
  onRemove: (value: string) => void;
}) {
  const rest = offered.filter(({ value }) => !chosen.includes(value));
  return (
    <div className={styles.choices} role="group" aria-label={label}>
      <Select label={label} error={error} options={rest} value={undefined} onChange={onAdd} isDisabled={rest.length === 0} placeholder={rest.length === 0 ? 'Nothing more to add' : 'Add …'} />
      {chosen.length > 0 && (
        <ul>
          {chosen.map((value) => {
            const words = offered.find((one) => one.value === value)?.label ?? value;
            return (
              <li key={value} className={styles.chosen}>
                <Name>{words}</Name>
                <IconButton label={`Take ${words} out`} icon="cross" onPress={() => onRemove(value)} />
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}
