// Markup in template literals. What stands in `${}` becomes text or an attribute, never markup: text of errors, probes and
// agents can't turn into elements. There is no other way to make markup on this page, and Trusted Types hold that.
import { html as markup } from 'htm/preact';
import type { VNode } from 'preact';

export const html: (strings: TemplateStringsArray, ...values: readonly unknown[]) => VNode = markup;
