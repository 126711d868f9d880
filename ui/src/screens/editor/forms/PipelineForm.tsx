/** The forms of what belongs to a pipeline and not to one of its stages. */
import { useQuery } from '@tanstack/react-query';

import { notificationKinds, UNSENT } from '../../../gate/notifications';
import type { Fields } from '../../../gate/wire';
import type { Pipeline } from '../model';
import { FormFields } from './FormFields';
import styles from './forms.module.css';
import { expectedArtifactFields, freshArtifact } from './pipeline/artifacts';
import { notificationFields, PIPELINE_MOMENTS } from './pipeline/notifications';
import { parameters } from './pipeline/parameters';
import { settings } from './pipeline/settings';
import { triggers } from './pipeline/triggers';
import { Scoped } from './scope';
import { list, type Spec } from './spec';

/** A part of a pipeline that has a form. */
export type Section = 'triggers' | 'parameters' | 'notifications' | 'artifacts' | 'settings';

const SPECS: Readonly<Record<Section, readonly Spec[]>> = {
  triggers,
  parameters,
  settings,
  notifications: [
    list('notifications', 'Notifications', {
      item: 'Notification',
      keeps: ['level'],
      fields: notificationFields(PIPELINE_MOMENTS),
      titleOf: (one) => [one['type'], one['address']].filter((part) => typeof part === 'string' && part !== '').join(' '),
      fresh: [{ label: 'Notification', make: () => ({ level: 'pipeline', when: [] }) }],
    }),
  ],
  artifacts: [
    list('expectedArtifacts', 'Expected artifacts', {
      item: 'Artifact',
      keeps: ['id', 'defaultArtifact'],
      description: 'What triggers bring and stages use. A trigger can ask for them, and a stage names them.',
      fields: expectedArtifactFields,
      fresh: [{ label: 'Artifact', make: freshArtifact }],
      titleOf: ({ displayName }) => (typeof displayName === 'string' ? displayName : ''),
    }),
  ],
};

/** The form of a section. */
export function PipelineForm({ section, pipeline, onChange }: { section: Section; pipeline: Pipeline; onChange: (pipeline: Pipeline) => void }) {
  const kinds = useQuery({ ...notificationKinds, enabled: section === 'notifications' }).data;
  return (
    <Scoped key={section} pipeline={pipeline}>
      <div className={styles.form}>
        {kinds?.length === 0 && <p className="soft">{UNSENT}</p>}
        <FormFields specs={SPECS[section]} form={pipeline} onChange={(next: Fields) => onChange(next as Pipeline)} />
      </div>
    </Scoped>
  );
}
