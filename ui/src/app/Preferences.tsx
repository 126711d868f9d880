/** What a user wants of the page, kept in his browser: the zone of times, and the colours. */
import { useState } from 'react';

import { settings } from '../gate/settings';
import { FormDialog } from '../parts/Dialog';
import { Select } from '../parts/Field';
import { preferredZone } from '../parts/time';
import { setTheme, type Theme, useTheme } from './theme';

const THEMES = [
  { value: 'system', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const;

/** The dialog. Another zone loads the page anew. */
export function Preferences({ onClose }: { onClose: () => void }) {
  const theme = useTheme();
  const [wanted, setWanted] = useState<Theme>(theme);
  const [zone, setZone] = useState(preferredZone.get());
  return (
    <FormDialog
      title="Preferences"
      action="Save"
      onClose={onClose}
      onSubmit={async () => {
        setTheme(wanted);
        if (zone === preferredZone.get()) return;
        preferredZone.set(zone);
        window.location.reload();
      }}
    >
      <Select label="Time zone" description="Every time on the page is shown in it. Another one loads the page anew." options={zones()} value={zone} onChange={setZone} />
      <Select label="Colours" options={THEMES} value={wanted} onChange={setWanted} />
    </FormDialog>
  );
}

/** The configured zone, this machine's, UTC, and all others. */
function zones(): { value: string; label: string }[] {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const named = ['UTC', ...Intl.supportedValuesOf('timeZone')].filter((name) => name !== own);
  return [
    { value: '', label: `As configured: ${settings.defaultTimeZone}` },
    { value: own, label: `This machine's: ${own}` },
    ...[...new Set(named)].map((name) => ({ value: name, label: name })),
  ];
}
