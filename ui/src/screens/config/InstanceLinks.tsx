/** `instanceLinks`: links that stand with each instance of the application. */
import { updateApplication } from '../../gate/applications';
import type { Application } from '../../gate/wire';
import { Button, IconButton } from '../../parts/Button';
import { TextField } from '../../parts/Field';
import { EditedSection, type Editing } from './EditedSection';
import { type LinkGroup, linkGroupsOf, linkProblems } from './model';
import { Section } from './Section';
import styles from './Section.module.css';

const TITLE = 'Links';

/** The section. */
export function InstanceLinks({ application }: { application: Application }) {
  return (
    <Section
      id="links"
      title={TITLE}
      intro="Links to the application's instances, in groups. A path that begins with / is on the application's port; :8080/path is on another port of the instance; https:// is an address of its own."
    >
      <EditedSection
        title={TITLE}
        saved={linkGroupsOf(application.attributes['instanceLinks'])}
        problems={linkProblems}
        onSave={(instanceLinks) => updateApplication({ name: application.name, instanceLinks })}
      >
        {(editing) => <Groups {...editing} />}
      </EditedSection>
    </Section>
  );
}

function Groups({ value, set, error }: Editing<LinkGroup[]>) {
  const change = (index: number, part: Partial<LinkGroup>): void => set(value.map((group, at) => (at === index ? { ...group, ...part } : group)));
  return (
    <div className={styles.rows}>
      {value.length === 0 && <p className={styles.note}>There are no links.</p>}
      {value.map((group, index) => (
        <div className={styles.row} key={index} role="group" aria-label={`Group ${index + 1}`}>
          <div className={styles.fields}>
            <TextField label="Title of the group" isRequired value={group.title} onChange={(title) => change(index, { title })} error={error(`${index}.title`)} />
            {group.links.map((link, at) => {
              const changeLink = (part: Partial<typeof link>): void => change(index, { links: group.links.map((one, other) => (other === at ? { ...one, ...part } : one)) });
              return (
                <div className={styles.grid} key={at} role="group" aria-label={`Link ${at + 1} of group ${index + 1}`}>
                  <TextField label="Title" isRequired value={link.title} onChange={(title) => changeLink({ title })} error={error(`${index}.${at}.title`)} />
                  <TextField label="Path" isRequired value={link.path} onChange={(path) => changeLink({ path })} error={error(`${index}.${at}.path`)} placeholder="/health" />
                  <div>
                    <IconButton label={`Remove link ${at + 1} of group ${index + 1}`} icon="cross" onPress={() => change(index, { links: group.links.filter((_, other) => other !== at) })} />
                  </div>
                </div>
              );
            })}
            <div>
              <Button look="quiet" icon="plus" onPress={() => change(index, { links: [...group.links, { title: '', path: '' }] })}>
                Add a link
              </Button>
            </div>
          </div>
          <IconButton label={`Remove group ${index + 1}`} icon="trash" onPress={() => set(value.filter((_, at) => at !== index))} />
        </div>
      ))}
      <div>
        <Button icon="plus" onPress={() => set([...value, { title: '', links: [{ title: '', path: '' }] }])}>
          Add a group
        </Button>
      </div>
    </div>
  );
}
