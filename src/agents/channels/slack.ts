// Slack's incoming webhooks, and those that take the same JSON (Mattermost, Rocket.Chat: they read `text`, Slack reads
// `blocks`). Outside of the code block stand only words of ours, so that nothing of an error is markup, a mention or a link.
import type { Channel, ChannelDeps } from '../channel.ts';
import type { Notification } from '../notice.ts';
import { kindTitles, linkOf, toLines } from './notice-text.ts';
import { POST_TIMEOUT_MS, post } from './post.ts';

interface SlackSettings {
  readonly name: string;
  /** A reference: whoever knows the address may post. */
  readonly url: string;
}

/** Slack refuses a block with more than 3,000 characters; fence and link stay below the rest. */
const MAX_BLOCK_CHARS = 2_900;

export function createSlack({ name, url }: SlackSettings, deps: ChannelDeps): Channel {
  return {
    name,
    timeoutMs: POST_TIMEOUT_MS,
    send: async (notification, signal) => {
      const address = deps.secret(url);
      const body = JSON.stringify(bodyOf(notification, deps.publicUrl));
      return post({ url: address, body, hide: secretsOf(address) }, { signal, now: deps.now });
    },
  };
}

function bodyOf({ notice }: Notification, publicUrl: string | undefined): object {
  const head = `${kindTitles[notice.kind]} (${notice.severity}, company ${notice.companyId})`;
  const code = `\`\`\`\n${escaped(toLines(notice).join('\n'))}\n\`\`\``;
  const link = linkOf(notice, publicUrl);
  const last = link === undefined ? [] : [`<${escaped(link).replaceAll('|', '%7C')}|Open in Errata>`];
  const texts = [head, code, ...last];
  return {
    text: texts.join('\n'),
    // verbatim: addresses and names in it are left alone.
    blocks: texts.map((text) => ({ type: 'section', text: { type: 'mrkdwn', text, verbatim: true } })),
    unfurl_links: false,
    unfurl_media: false,
  };
}

/** The three characters that Slack reads, and the one that would end the code block; cut between characters. */
function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '`': "'" };
  let length = 0;
  let result = '';
  for (const character of text) {
    const safe = entities[character] ?? character;
    length += safe.length;
    if (length > MAX_BLOCK_CHARS) return `${result}…`;
    result += safe;
  }
  return result;
}

/** Error pages repeat the path. */
function secretsOf(address: string): readonly string[] {
  if (!URL.canParse(address)) return [address];
  const { pathname, search } = new URL(address);
  return [address, `${pathname}${search}`, ...(pathname === '/' ? [] : [pathname])];
}
