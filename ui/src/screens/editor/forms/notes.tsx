/** What is said below fields about their values. */
import { useQuery } from '@tanstack/react-query';

import { schedule } from '../../../gate/choices';
import { pipelineConfigs } from '../../../gate/configs';
import { address, path } from '../../../gate/http';
import { notificationKinds, UNSENT } from '../../../gate/notifications';
import type { Fields } from '../../../gate/wire';
import { Button } from '../../../parts/Button';
import { useScope } from './scope';
import type { Note } from './spec';
import { clusterName } from './stages/names';
import { fieldsAt, isExpression, write } from './values';

/** The note of a field. */
export function NoteOf({ note, value, form, onChange }: { note: Note; value: unknown; form: Fields; onChange: (form: Fields) => void }) {
  const text = typeof value === 'string' ? value : '';
  switch (note) {
    case 'schedule':
      return <Schedule expression={text} />;
    case 'webhookAddress':
      return text === '' ? null : <Address to={path('webhooks', String(form['type']), text)} />;
    case 'gitAddress':
      return text === '' ? null : <Address to={path('webhooks', 'git', text)} />;
    case 'cluster':
      return <Cluster form={form} />;
    case 'unsent':
      return <Unsent />;
    case 'parameters':
      return <MissingParameters form={form} onChange={onChange} />;
  }
}

function Schedule({ expression }: { expression: string }) {
  const answer = useQuery({ ...schedule(expression), enabled: expression.trim() !== '' && !isExpression(expression) }).data;
  if (!answer) return null;
  return <span> {answer.valid ? `${answer.description ?? 'It is a schedule'}.` : `It is no schedule: ${answer.message ?? ''}`}</span>;
}

/** That no kind of notification can be sent, where that is so. */
function Unsent() {
  const kinds = useQuery(notificationKinds).data;
  return kinds?.length === 0 ? <span> {UNSENT}</span> : null;
}

function Address({ to }: { to: string }) {
  return (
    <span>
      {' '}
      It is sent to <code>{address(to)}</code>.
    </span>
  );
}

function Cluster({ form }: { form: Fields }) {
  const { pipeline } = useScope();
  const name = clusterName(form, pipeline.application);
  return (
    <span>
      {' '}
      The cluster is <bdi>{name}</bdi>.
    </span>
  );
}

/** The parameters that the other pipeline asks for and that have no value here yet. */
function MissingParameters({ form, onChange }: { form: Fields; onChange: (form: Fields) => void }) {
  const { pipeline } = useScope();
  const application = typeof form['application'] === 'string' && form['application'] !== '' && !isExpression(form['application']) ? form['application'] : pipeline.application;
  const all = useQuery(pipelineConfigs(application)).data;
  const given = fieldsAt(form, ['pipelineParameters']);
  const asked = all?.find(({ id }) => id === form['pipeline'])?.parameterConfig ?? [];
  const missing = asked.filter(({ name }) => name && !(name in given));
  if (missing.length === 0) return null;
  return (
    <span>
      {' '}
      It also asks for{' '}
      {missing.map(({ name, default: byDefault }) => (
        <Button key={name} look="quiet" icon="plus" onPress={() => onChange(write(form, ['pipelineParameters', name], byDefault ?? ''))}>
          {name}
        </Button>
      ))}
    </span>
  );
}
