// The application's own frames stand open, the others are folded away between them.
import { html } from '../../html.ts';
import { CopyButton } from '../../parts/copy-button.ts';
import { Untrusted } from '../../parts/untrusted.ts';
import { stackBlocks } from './stack-blocks.ts';
import type { StackBlock } from './stack-blocks.ts';

export function Stack({ stack }: { readonly stack: string }) {
  const blocks = stackBlocks(stack);
  // Without one own frame everything would be folded.
  const hasOwn = blocks.some(({ kind }) => kind === 'own');
  return html`
    <div class="stack" tabindex="0" role="group" aria-label="Stack trace">
      ${blocks.map((block, index) => html`<${Block} key=${index} block=${block} isFolded=${hasOwn} />`)}
    </div>
    <div><${CopyButton} text=${stack} what="stack" /></div>
  `;
}

function Block({ block, isFolded }: { readonly block: StackBlock; readonly isFolded: boolean }) {
  const text = html`<pre data-kind=${block.kind}><${Untrusted} text=${block.lines.join('\n')} /></pre>`;
  if (block.kind !== 'foreign' || !isFolded) return text;
  return html`<details>
    <summary>${block.frames} ${block.frames === 1 ? 'frame' : 'frames'} of libraries and the runtime</summary>
    ${text}
  </details>`;
}
