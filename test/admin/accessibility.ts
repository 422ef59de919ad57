// axe-core on the page as it stands: WCAG 2.2 A and AA, and its best practices.
import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** Each as `rule: what is wrong (where)`; none means that axe found nothing. */
export async function accessibilityFaults(page: Page): Promise<readonly string[]> {
  const session = await page.context().newCDPSession(page);
  // By the debugger: the page's own policy lets no foreign script in.
  await session.send('Runtime.evaluate', { expression: axe.source });
  const { result } = await session.send('Runtime.evaluate', {
    expression: `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
      violations.flatMap(({ id, help, nodes }) => nodes.map(({ target }) => id + ': ' + help + ' (' + target.join(' ') + ')')))`,
    awaitPromise: true,
    returnByValue: true,
  });
  await session.detach();
  return result.value as readonly string[];
}
