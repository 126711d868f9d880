/** An address that leads nowhere. */
import { ButtonLink } from '../parts/Button';
import { Empty } from '../parts/States';

/** What is shown instead of a screen. */
export function Lost() {
  return (
    <Empty title="There is no such page" action={<ButtonLink to="/applications">All applications</ButtonLink>}>
      The address may be of a screen that this version does not have, or mistyped.
    </Empty>
  );
}
