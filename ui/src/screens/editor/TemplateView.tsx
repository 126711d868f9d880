/** A pipeline that is made of a template: the values of its variables, and the stages that come of them. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';

import { filledIn, type TemplateVariable, templates } from '../../gate/templates';
import type { Fields } from '../../gate/wire';
import { TextField } from '../../parts/Field';
import { Answer, Failure, Loading } from '../../parts/States';
import { inOrder, labelOf, pipelineOf } from './model';
import type { Session } from './session';
import styles from './Workbench.module.css';

/** The view. */
export function TemplateView({ session, isReadOnly }: { session: Session; isReadOnly: boolean }) {
  const { history } = session.use();
  const pipeline = history.now;
  const known = useQuery(templates);
  const reference = String((pipeline['template'] as Fields | undefined)?.['reference'] ?? '');
  const template = (known.data ?? []).find(({ id }) => reference === `spinnaker://${id}` || reference.startsWith(`spinnaker://${id}:`) || reference.startsWith(`spinnaker://${id}@`));
  const values = (pipeline['variables'] ?? {}) as Fields;
  const filled = useQuery({
    queryKey: ['filledIn', pipeline['template'], values, pipeline.name],
    queryFn: ({ signal }) => filledIn(pipeline, signal),
    placeholderData: keepPreviousData,
    gcTime: 0,
  });
  return (
    <div className={styles.template}>
      <section aria-label="Variables of the template" className={styles.stack}>
        <h2>Variables</h2>
        <Answer query={known} what="templates">
          {() =>
            template ? (
              <fieldset className={styles.fields} disabled={isReadOnly}>
                <legend className="unseen">Variables</legend>
                {(template.variables ?? []).map((variable) => (
                  <TextField
                    key={variable.name}
                    label={variable.name}
                    description={variable.description}
                    value={shown(values[variable.name] ?? variable.defaultValue)}
                    onChange={(text) => session.type(`Change ${variable.name}`, (now) => ({ ...now, variables: { ...values, [variable.name]: typed(text, variable) } }))}
                  />
                ))}
                {(template.variables ?? []).length === 0 && <p className="soft">The template asks for nothing.</p>}
              </fieldset>
            ) : (
              <p>
                The template <code>{reference}</code> is not among those that can be seen here. Its variables can be changed as JSON.
              </p>
            )
          }
        </Answer>
      </section>
      <section aria-label="Stages that come of it" className={styles.stack}>
        <h2>Stages that come of it</h2>
        {filled.isError ? (
          <Failure error={filled.error} what="stages of the template" />
        ) : filled.data === undefined ? (
          <Loading what="stages" />
        ) : (
          <ol className={styles.plan}>
            {inOrder(pipelineOf(filled.data)).map((stage) => (
              <li key={stage.refId} className={styles.planLine}>
                <bdi className={styles.planName}>{labelOf(stage)}</bdi> <bdi className="soft">{stage.type}</bdi>
              </li>
            ))}
          </ol>
        )}
      </section>
    </div>
  );
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What was typed as the variable's type has it; an expression, or what is none of that type, stays a text. */
function typed(text: string, { type }: TemplateVariable): unknown {
  if (type === undefined || type === 'string') return text;
  try {
    const value: unknown = JSON.parse(text);
    const is = { int: Number.isInteger(value), float: typeof value === 'number', boolean: typeof value === 'boolean', list: Array.isArray(value), object: typeof value === 'object' && !Array.isArray(value) }[type];
    return is === false ? text : value;
  } catch {
    return text;
  }
}
