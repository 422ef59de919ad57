import { expect, test } from 'vitest';
import { containerIdIn } from '../../src/capture/resource.ts';

const id = '3f0c8e6d9b1a4c27f5e80d1b2c3a4f5e6d7c8b9a0f1e2d3c4b5a69788796a5b4';

test.each([
  ['cgroup v1 of Docker', `12:cpu:/docker/${id}\n`, '', id],
  ['systemd scope', `0::/system.slice/docker-${id}.scope\n`, '', id],
  ['Kubernetes', `11:memory:/kubepods/burstable/pod1b2c/${id}\n`, '', id],
  [
    'cgroup v2, by the mount of hostname',
    '0::/\n',
    `678 659 254:1 /docker/containers/${id}/hostname /etc/hostname rw`,
    id,
  ],
  ['Podman', '0::/\n', `1 2 0:3 /overlay-containers/${id}/userdata/hosts /etc/hosts rw`, id],
  ['no container', '0::/user.slice/session-1.scope\n', '25 30 0:23 / /sys rw', undefined],
])('the container id is found: %s', (_name, cgroup, mountinfo, expected) => {
  expect(containerIdIn(cgroup, mountinfo)).toBe(expected);
});
