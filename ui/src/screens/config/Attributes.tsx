/** What an application says of itself, with the form that changes it; and the same as JSON. */
import { useState } from 'react';

import { updateApplication } from '../../gate/applications';
import type { Application } from '../../gate/wire';
import { Button } from '../../parts/Button';
import { Checkbox, TextField } from '../../parts/Field';
import { Prose } from '../../parts/Text';
import { Moment } from '../../parts/Time';
import { toast } from '../../parts/Toasts';
import { ApplicationForm } from '../applications/ApplicationForm';
import { providersOf } from '../applications/draft';
import styles from './Attributes.module.css';
import { EditedSection } from './EditedSection';
import { attributesText, changing, readAttributes, staying } from './history';
import { Staying } from './History';
import { Section } from './Section';
import sections from './Section.module.css';

/** The attributes. */
export function Attributes({ application }: { application: Application }) {
  const [editing, setEditing] = useState(false);
  const { attributes } = application;
  const text = (name: string): string => (typeof attributes[name] === 'string' ? (attributes[name] as string) : '');
  const sources = [text('repoType'), [text('repoProjectKey'), text('repoSlug')].filter(Boolean).join('/')].filter(Boolean).join(' ');
  const facts = [
    ['Owner', attributes.email ?? ''],
    ['Cloud providers', providersOf(attributes).join(', ')],
    ['Port of its instances', attributes.instancePort === undefined ? '' : String(attributes.instancePort)],
    ['Sources', sources],
    ['Also called', text('aliases')],
    ['Changed last by', text('lastModifiedBy')],
  ].filter(([, value]) => value !== '');
  return (
    <Section
      id="location"
      title="Attributes"
      action={
        <Button icon="edit" onPress={() => setEditing(true)}>
          Edit
        </Button>
      }
    >
      {text('description') !== '' && <Prose>{text('description')}</Prose>}
      <dl className={styles.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <bdi>{value}</bdi>
            </dd>
          </div>
        ))}
        <div>
          <dt>Created</dt>
          <dd>
            <Moment at={Number(attributes.createTs) || undefined} />
          </dd>
        </div>
        <div>
          <dt>Changed</dt>
          <dd>
            <Moment at={Number(attributes.updateTs) || undefined} />
          </dd>
        </div>
      </dl>
      <EditedSection
        title="Health of instances"
        saved={attributes['platformHealthOnly'] === true}
        problems={() => ({})}
        onSave={(platformHealthOnly) => updateApplication({ name: application.name, platformHealthOnly })}
      >
        {({ value, set }) => (
          <Checkbox isSelected={value} onChange={set}>
            Stages look at the cloud's own health of instances only, not at load balancers
          </Checkbox>
        )}
      </EditedSection>
      {editing && <ApplicationForm given={application} onClose={() => setEditing(false)} />}
    </Section>
  );
}

/** The attributes as JSON, with everything that no form has. */
export function AttributesAsJson({ application }: { application: Application }) {
  const copy = (): void => {
    void navigator.clipboard.writeText(attributesText(application.attributes)).then(
      () => toast({ tone: 'good', text: 'The attributes are copied.' }),
      () => toast({ tone: 'bad', text: 'The browser does not let this page copy.' }),
    );
  };
  return (
    <Section
      id="json"
      title="As JSON"
      intro="All attributes, also those that no form has. A field that is taken out becomes empty."
      action={
        <Button look="quiet" icon="copy" onPress={copy}>
          Copy
        </Button>
      }
    >
      <EditedSection
        title="As JSON"
        saved={attributesText(application.attributes)}
        problems={(text): Record<string, string> => {
          const read = readAttributes(text);
          return 'problem' in read ? { text: read.problem } : {};
        }}
        onSave={async (text) => {
          const read = readAttributes(text);
          if ('attributes' in read) await updateApplication({ name: application.name, ...changing(application.attributes, read.attributes) });
        }}
      >
        {({ value, set }) => {
          const read = readAttributes(value);
          return (
            <div className={sections.code}>
              <TextField label="Attributes" unlabelled rows={Math.min(30, value.split('\n').length + 1)} value={value} onChange={set} error={'problem' in read ? read.problem : undefined} />
              {'attributes' in read && <Staying fields={staying(application.attributes, read.attributes)} />}
            </div>
          );
        }}
      </EditedSection>
    </Section>
  );
}
