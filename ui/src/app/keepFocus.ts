/**
 * The keyboard is not lost. Where what has it goes away (a row, a stage, a dialog, a whole screen) or can be used no more, the
 * nearest thing around it that stays gets it, else the screen. A browser would give it to the page, and Tab would begin at the
 * top again.
 */

/** What can have the keyboard for what was within. */
const PLACES = 'main, section[aria-label], fieldset, form, ul, ol, table, [role="dialog"], [role="list"], [role="group"], [role="region"], [role="table"], [role="tabpanel"]';
const LISTS = 'ul, ol, [role="list"]';

/** Looks after it; once a page. */
export function keepFocus(): void {
  /** What has the keyboard, and all that it stands in. */
  let held: readonly Element[] = [];
  /** What had it before a dialog opened, as long as one is open: one dialog may follow another. */
  let under: readonly Element[] = [];
  let isLooking = false;
  document.addEventListener('focusin', ({ target }) => {
    if (!(target instanceof Element)) return;
    if (!isOver(target)) under = [];
    else if (held[0] !== undefined && !isOver(held[0])) under = held;
    held = around(target);
  });
  const look = (): void => {
    isLooking = false;
    if (!isLost(held[0])) return;
    const [before] = under;
    const isBack = before?.isConnected === true && !before.matches(':disabled');
    const place = held.slice(1).find(isPlace) ?? (isBack ? before : under.find(isPlace)) ?? document.getElementById('main');
    // In a list the one that is chosen now; a screen that is still to come gets it when it is there.
    const chosen = (place?.matches(LISTS) ? place.querySelector('[aria-current="true"]') : null) ?? place;
    if (!(chosen instanceof HTMLElement)) return;
    chosen.focus({ preventScroll: true });
    if (document.activeElement !== chosen) giveFocus(chosen);
  };
  new MutationObserver(() => {
    if (isLooking || !isLost(held[0])) return;
    isLooking = true;
    // A dialog gives it back by itself, a frame after it was closed.
    requestAnimationFrame(() => requestAnimationFrame(look));
  }).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ['disabled'] });
}

/** Gives the keyboard to what is no control: Tab goes on from there. */
export function giveFocus(place: HTMLElement): void {
  if (!place.hasAttribute('tabindex')) {
    place.setAttribute('tabindex', '-1');
    const end = (): void => {
      // The window has lost it, and the place will have it again.
      if (document.activeElement === place) return;
      place.removeAttribute('tabindex');
      place.removeEventListener('blur', end);
    };
    place.addEventListener('blur', end);
  }
  place.focus({ preventScroll: true });
}

function isPlace(element: Element): boolean {
  return element.isConnected && element.matches(PLACES);
}

/** Whether it stands over the screen, in a dialog or a menu. */
function isOver(element: Element): boolean {
  return element.closest('[role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"]') !== null;
}

/** Whether nothing has it because `last`, which had it, is gone; somebody may have put it away himself. */
function isLost(last: Element | undefined): boolean {
  if (last === undefined || (document.activeElement ?? document.body) !== document.body) return false;
  return !last.isConnected || last.matches(':disabled') || !last.checkVisibility();
}

function around(element: Element): Element[] {
  const all: Element[] = [];
  for (let one: Element | null = element; one !== null && one !== document.body; one = one.parentElement) all.push(one);
  return all;
}
