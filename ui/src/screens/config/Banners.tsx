/** `customBanners`: a sentence that stands over every screen of the application. */
import { updateApplication } from '../../gate/applications';
import type { Application } from '../../gate/wire';
import { Button, IconButton } from '../../parts/Button';
import { Checkbox, Select, TextField } from '../../parts/Field';
import { ApplicationBanner } from './ApplicationBanner';
import { EditedSection, type Editing } from './EditedSection';
import { BANNER_KINDS, bannerKind, bannerProblems, bannersOf, coloured, type CustomBanner, switched } from './model';
import { Section } from './Section';
import styles from './Section.module.css';

const TITLE = 'Banners';

/** The section. */
export function Banners({ application }: { application: Application }) {
  return (
    <Section id="banner" title={TITLE} intro="A banner stands over every screen of the application, for everybody. One at a time can be on.">
      <EditedSection
        title={TITLE}
        saved={bannersOf(application.attributes['customBanners'])}
        problems={bannerProblems}
        onSave={(customBanners) => updateApplication({ name: application.name, customBanners })}
      >
        {(editing) => <List {...editing} />}
      </EditedSection>
    </Section>
  );
}

function List({ value, set, error }: Editing<CustomBanner[]>) {
  const change = (index: number, next: CustomBanner): void => set(value.map((banner, at) => (at === index ? next : banner)));
  const blank = { enabled: false, text: '', backgroundColor: '', textColor: '' };
  return (
    <div className={styles.rows}>
      {value.length === 0 && <p className={styles.note}>There is no banner.</p>}
      {value.map((banner, index) => (
        <div className={styles.row} key={index} role="group" aria-label={`Banner ${index + 1}`}>
          <div className={styles.fields}>
            <TextField label="Text" isRequired rows={2} value={banner.text} onChange={(text) => change(index, { ...banner, text })} error={error(`${index}.text`)} />
            <div className={styles.grid}>
              <Select label="Kind" options={BANNER_KINDS} value={bannerKind(banner)} onChange={(kind) => change(index, coloured(banner, kind))} />
            </div>
            <Checkbox isSelected={banner.enabled} onChange={(enabled) => set(switched(value, index, enabled))}>
              On
            </Checkbox>
            {banner.text.trim() !== '' && <ApplicationBanner banners={[{ ...banner, enabled: true }]} />}
          </div>
          <IconButton label={`Remove banner ${index + 1}`} icon="trash" onPress={() => set(value.filter((_, at) => at !== index))} />
        </div>
      ))}
      <div>
        <Button icon="plus" onPress={() => set([...value, coloured(blank, 'accessory')])}>
          Add a banner
        </Button>
      </div>
    </div>
  );
}
