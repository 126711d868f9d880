/** Whom the runs of the application's pipelines are told to. */
import { useQuery } from '@tanstack/react-query';

import { ADDRESSES, type Notification, notificationKinds, type Notifications as Kept, notifications, saveNotifications, UNSENT } from '../../gate/notifications';
import { Button, IconButton } from '../../parts/Button';
import { Checkbox, Select, TextField } from '../../parts/Field';
import { Icon } from '../../parts/Icon';
import { Answer } from '../../parts/States';
import { EditedSection, type Editing } from './EditedSection';
import { notificationList, notificationProblems, notificationsSent, WHEN } from './model';
import { Section } from './Section';
import styles from './Section.module.css';

const TITLE = 'Notifications';

/** The section. */
export function Notifications({ application }: { application: string }) {
  const query = useQuery(notifications(application));
  const kinds = useQuery(notificationKinds);
  return (
    <Section id="notifications" title={TITLE} intro="Who is told of the runs of this application's pipelines. A pipeline may have further ones of its own.">
      <Answer query={query} what="notifications">
        {(kept: Kept) => (
          <EditedSection
            title={TITLE}
            saved={notificationList(kept)}
            problems={notificationProblems}
            onSave={(list) => saveNotifications(application, notificationsSent(kept, list))}
          >
            {(editing) => <List sent={kinds.data?.map(({ notificationType }) => notificationType)} {...editing} />}
          </EditedSection>
        )}
      </Answer>
    </Section>
  );
}

function List({ sent, value, set, error }: { sent: readonly string[] | undefined } & Editing<Notification[]>) {
  const change = (index: number, part: Partial<Notification>): void => set(value.map((one, at) => (at === index ? { ...one, ...part } : one)));
  const unsent = sent === undefined ? [] : [...new Set(value.map(({ type }) => type))].filter((type) => !sent.includes(type));
  const kinds = [...new Set([...Object.keys(ADDRESSES), ...(sent ?? []), ...value.map(({ type }) => type)])];
  return (
    <div className={styles.rows}>
      {value.length === 0 && <p className={styles.note}>Nobody is told.</p>}
      {sent?.length === 0 && <p className={styles.note}>{UNSENT}</p>}
      {sent?.length !== 0 && unsent.length > 0 && (
        <p className={styles.warning}>
          <Icon name="warning" />
          <span>This install does not send notifications by {unsent.join(', ')}: they are kept with the application, and nobody gets them.</span>
        </p>
      )}
      {value.map((one, index) => (
        <div className={styles.row} key={index} role="group" aria-label={`Notification ${index + 1}`}>
          <div className={styles.fields}>
            <div className={styles.grid}>
              <Select label="By" options={kinds.map((kind) => ({ value: kind, label: kind }))} value={one.type} onChange={(type) => change(index, { type })} />
              <TextField label={ADDRESSES[one.type] ?? 'Address'} value={one.address ?? ''} onChange={(address) => change(index, { address })} error={error(`${index}.address`)} />
            </div>
            <fieldset className={styles.choices}>
              <legend>When</legend>
              {WHEN.map(({ value: moment, label }) => (
                <Checkbox
                  key={moment}
                  isSelected={(one.when ?? []).includes(moment)}
                  onChange={(on) => change(index, { when: on ? [...(one.when ?? []), moment] : (one.when ?? []).filter((other) => other !== moment) })}
                >
                  {label}
                </Checkbox>
              ))}
            </fieldset>
            {error(`${index}.when`) && <p className={styles.error}>{error(`${index}.when`)}</p>}
          </div>
          <IconButton label={`Remove notification ${index + 1}`} icon="trash" onPress={() => set(value.filter((_, at) => at !== index))} />
        </div>
      ))}
      <div>
        <Button icon="plus" onPress={() => set([...value, { type: sent?.[0] ?? 'email', level: 'application', address: '', when: ['pipeline.failed'] }])}>
          Add a notification
        </Button>
      </div>
    </div>
  );
}
