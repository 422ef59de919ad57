import type { ChannelSettings } from '../agents/channel.ts';
import { createSecrets } from '../healing/secrets.ts';
import { findingsOf, reasonOf } from './finding.ts';
import type { Finding } from './finding.ts';

const { good, bad } = findingsOf('channels');

export function checkChannels(
  channels: readonly ChannelSettings[],
  secrets: Readonly<Record<string, string>>,
): readonly Finding[] {
  if (channels.length === 0) return [good('none: people look by themselves')];
  const secret = createSecrets({ env: secrets });
  return channels.map((channel) => {
    try {
      const reference = referenceOf(channel);
      if (reference !== undefined) secret(reference);
      return good(`${channel.name} (${channel.type}) has what it needs; nothing was sent`);
    } catch (cause) {
      return bad(`${channel.name}: ${reasonOf(cause)}`, 'set the variable, or make the file readable for this user');
    }
  });
}

function referenceOf(channel: ChannelSettings): string | undefined {
  switch (channel.type) {
    case 'webhook':
      return channel.secret;
    case 'slack':
      return channel.url;
    case 'pagerduty':
      return channel.routingKey;
    case 'email':
      return channel.password;
  }
}
