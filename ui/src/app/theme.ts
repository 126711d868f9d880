/** Light or dark: as the system has it, unless the user says otherwise. Kept in the browser. */
import { kept } from '../parts/store';

/** What the user wants. */
export type Theme = 'system' | 'light' | 'dark';

const isTheme = (value: unknown): value is Theme => value === 'system' || value === 'light' || value === 'dark';
const theme = kept<Theme>('gennaker.theme', 'system', isTheme);

/** The theme as a hook. */
export const useTheme = theme.use;

/** Sets the theme. */
export function setTheme(next: Theme): void {
  theme.set(next);
  applyTheme();
}

/** Puts it onto the page. */
export function applyTheme(): void {
  const value = theme.get();
  if (value === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = value;
}
