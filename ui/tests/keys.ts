/**
 * A user without a mouse. Journeys that drive a page by this press keys and do nothing else: a control is reached by Tab, as
 * often as people can be asked to press it; what has the keyboard has to look so; and it is never lost.
 */
import type { Locator, Page } from 'playwright-core';

import { until } from './support';

/** How often Tab is pressed for one control at most: what is further away has a key, or a way past what stands before it. */
const BEARABLE = 40;
/** How many options of a list are walked through. */
const OPTIONS = 30;

/** The keys of one page. */
export class Keys {
  /** Where the keyboard was, for the message that it did not arrive. */
  private readonly passed: string[] = [];
  private began = false;

  constructor(readonly page: Page) {}

  /** Presses a key where the keyboard is: one that the screen or the dialog knows. */
  async press(key: string): Promise<void> {
    await this.isHeld();
    await this.page.keyboard.press(key);
  }

  /** Types, where the keyboard is. */
  async type(text: string): Promise<void> {
    await this.isHeld();
    await this.page.keyboard.type(text);
  }

  /** Goes to a control by Tab, back if it stands before. */
  async reach(control: Locator): Promise<void> {
    await until('it can be used', async () => (await control.isVisible()) && (await control.isEnabled()));
    await this.isHeld();
    this.passed.length = 0;
    for (let pressed = 0; pressed <= BEARABLE; pressed += 1) {
      const { way, name, unseen } = await control.evaluate(look);
      this.passed.push(name);
      if (unseen !== undefined) throw new Error(`nothing shows that the keyboard is at ${unseen}`);
      if (way === 'here') {
        this.began = true;
        return;
      }
      if (way === 'skip') await this.page.keyboard.press('Enter');
      else await this.page.keyboard.press(way === 'back' ? 'Shift+Tab' : 'Tab');
    }
    throw new Error(`Tab does not reach ${String(control)} within ${BEARABLE} times; it was at\n  ${this.passed.join('\n  ')}`);
  }

  /** Goes to a button, a link or the like, and presses it. */
  async push(control: Locator, key = 'Enter'): Promise<void> {
    await this.reach(control);
    await this.page.keyboard.press(key);
  }

  /** Goes to a field, and types into it instead of what it had. */
  async write(field: Locator, text: string): Promise<void> {
    await this.reach(field);
    await this.page.keyboard.press('Control+a');
    await this.page.keyboard.type(text);
  }

  /** Opens a menu or a list by its button, goes to an entry with the arrow keys, and takes it. */
  async pick(button: Locator, entry: Locator): Promise<void> {
    await this.push(button);
    await entry.waitFor();
    await until('the list has the keyboard', () => this.page.evaluate(() => document.activeElement?.matches('[role="option"], [role="listbox"], [role^="menu"]') === true));
    for (let pressed = 0; pressed <= OPTIONS; pressed += 1) {
      const { way } = await entry.evaluate(look);
      if (way === 'here') {
        await this.page.keyboard.press('Enter');
        await entry.waitFor({ state: 'detached' });
        return;
      }
      await this.page.keyboard.press(way === 'back' ? 'ArrowUp' : 'ArrowDown');
    }
    throw new Error(`the arrow keys do not reach ${String(entry)} within ${OPTIONS} times`);
  }

  /** Waits until the keyboard is where it should be by itself. */
  async isAt(place: Locator): Promise<void> {
    let at = '';
    try {
      await until('the keyboard is there', async () => {
        const { way, name } = await place.evaluate(look);
        at = name;
        return way === 'here';
      });
    } catch (late) {
      throw new Error(`the keyboard is not at ${String(place)} but at ${at}`, { cause: late });
    }
    this.began = true;
  }

  /** Waits until something has the keyboard, once something had it. */
  async isHeld(): Promise<void> {
    if (!this.began) return;
    try {
      await until('something has the keyboard', () => this.page.evaluate(() => document.activeElement !== null && document.activeElement !== document.body));
    } catch (late) {
      throw new Error(`the keyboard is lost; it was at\n  ${this.passed.join('\n  ')}`, { cause: late });
    }
  }

  /** It is another document: nothing had the keyboard in it. */
  anew(): void {
    this.began = false;
  }
}

/** What is seen of the keyboard at one moment. */
interface Look {
  /** Which way the control is from there; `skip` where the link is that skips what stands before the content. */
  way: 'here' | 'on' | 'back' | 'skip';
  /** What has it. */
  name: string;
  /** What had it before, if that looks now as it did then: nothing showed it. */
  unseen: string | undefined;
}

/** Looks where the keyboard is, and which way the control is from there. */
function look(control: Element): Look {
  const memory = globalThis as unknown as { had?: { element: Element; name: string; look: string } | undefined };
  const lookOf = (element: Element): string => {
    const all: Element[] = [...(element.closest('label')?.querySelectorAll('*') ?? [])];
    for (let one: Element | null = element, up = 0; one !== null && up < 4; one = one.parentElement, up += 1) all.push(one);
    return all
      .map((one) => {
        const { outlineStyle, outlineWidth, outlineColor, boxShadow, backgroundColor, borderColor, transform, top } = getComputedStyle(one);
        return [outlineStyle === 'none' ? '' : outlineStyle + outlineWidth + outlineColor, boxShadow, backgroundColor, borderColor, transform, top].join();
      })
      .join('\n');
  };
  const nameOf = (element: Element): string => {
    const text = element.getAttribute('aria-label') ?? element.getAttribute('title') ?? element.textContent;
    return `${element.tagName.toLowerCase()}${element.role === null ? '' : `[${element.role}]`} ${(text ?? '').trim().slice(0, 60)}`;
  };
  const wayFrom = (at: Element): Look['way'] => {
    if (at === control) return 'here';
    if (at instanceof HTMLAnchorElement && at.hash === '#main' && control.closest('main') !== null) return 'skip';
    if (at === document.body || at.contains(control)) return 'on';
    return (at.compareDocumentPosition(control) & Node.DOCUMENT_POSITION_PRECEDING) === 0 ? 'on' : 'back';
  };
  const before = memory.had;
  const at = document.activeElement ?? document.body;
  const way = wayFrom(at);
  if (before?.element === at) return { way, name: before.name, unseen: undefined };
  memory.had = at === document.body ? undefined : { element: at, name: nameOf(at), look: lookOf(at) };
  // A screen and a dialog are no controls: that they are there is seen.
  const isPlace = before?.element.matches('main, [role="dialog"]') === true;
  const isThere = before?.element.isConnected === true && before.element.closest(':disabled') === null;
  const unseen = before && isThere && !isPlace && lookOf(before.element) === before.look ? before.name : undefined;
  return { way, name: memory.had?.name ?? 'the page', unseen };
}
