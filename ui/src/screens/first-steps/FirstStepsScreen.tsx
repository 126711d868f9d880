/** `#/first-steps`: the steps on a screen of their own. */
import { Page } from '../../parts/Page';
import { FirstSteps } from './FirstSteps';

/** The screen. */
export function FirstStepsScreen() {
  return (
    <Page title="First steps">
      <FirstSteps />
    </Page>
  );
}
