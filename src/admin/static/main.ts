// The page's start: looks, keys, who is signed in; then the shell.
import { h, render } from 'preact';
import { startClock } from './clock.ts';
import { listenToKeys } from './keys.ts';
import { restWhileHidden } from './live.ts';
import { followHash } from './route.ts';
import { Shell } from './shell.ts';
import { applyTheme } from './theme.ts';

const root = document.getElementById('page');
applyTheme();
startClock();
followHash();
listenToKeys();
restWhileHidden();
if (root !== null) {
  root.replaceChildren();
  render(h(Shell, {}), root);
}
